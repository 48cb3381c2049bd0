"""How steps, results and outcomes are written into a line, and read back."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from harness.answers import plain
from harness.errors import BrokenLab
from harness.explorers.crashes.several import SeveralPlaces
from harness.explorers.interleavings import Frames, Outcome, Place, Player, Result, Step

# Of one line that a worker may send.
MOST_BYTES = 1 << 20
# What a worker says between a command and its answer, where a step takes long: what it is at.
WAITS, COMPUTES = "waits", "computes"


@dataclass(frozen=True)
class Stop:
    """Where an actor has stopped: before its next step, at its end, or where it did what it may not."""

    asks: Step | None
    result: Result | None
    outcome: Outcome | None
    refused: str
    frames: Frames
    endless: bool
    yielded: bool

    @classmethod
    def of(cls, player: Player, result: Result | None) -> Stop:
        """Return where a player has stopped after a step with this result."""
        return cls(player.asks, result, player.outcome, player.refused, player.frames, player.endless, player.yielded)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        written = asdict(self)
        if self.outcome is not None:
            written["outcome"]["value"] = plain.written(self.outcome.value)
        return written

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Stop:
        """Read it back. Raises KeyError, TypeError or ValueError for what is none."""
        outcome = written["outcome"]
        if outcome is not None:
            outcome = Outcome(
                **outcome | {"value": plain.read_back(outcome["value"]), "frames": _frames(outcome["frames"])}
            )
        return cls(
            asks=Step(**written["asks"]) if written["asks"] is not None else None,
            result=Result(**written["result"]) if written["result"] is not None else None,
            outcome=outcome,
            refused=str(written["refused"]),
            frames=_frames(written["frames"]),
            endless=bool(written["endless"]),
            yielded=bool(written["yielded"]),
        )


def _frames(written: list[list[Any]]) -> Frames:
    return tuple((str(path), int(line)) for path, line in written)


# By its name, each kind of place that a worker can be sent to: where it is defined (imported when it is needed, as each
# brings its client library with it), and what it is made of: plain values, and nothing that the learner's role may not
# know.
_PLACES: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "Nowhere": ("harness.answers.nowhere", lambda _: {}),
    "PostgresPlace": (
        "harness.explorers.interleavings.postgres",
        lambda place: {"conninfo": place.conninfo, "splits": place.splits},
    ),
    "RedisPlace": ("harness.explorers.interleavings.redis", lambda place: dict(place.options)),
    "RabbitPlace": ("harness.explorers.crashes.rabbit", lambda place: {"url": place.url}),
    "KafkaPlace": (
        "harness.explorers.crashes.kafka",
        lambda place: {"settings": dict(place.settings), "prefix": place.prefix, "run": place.run},
    ),
    "WorldPlace": ("harness.explorers.upstream.world", lambda place: {"host": place.host, "port": place.port}),
}
_SEVERAL = "several"


def place_to_json(place: Place) -> list[Any]:
    """Return what a worker needs to know of a place. Raises BrokenLab for one that no worker can be sent to."""
    place = place.itself
    if isinstance(place, SeveralPlaces):
        return [_SEVERAL, [place_to_json(one) for one in place.places]]
    name = type(place).__name__
    if name not in _PLACES:
        raise BrokenLab(f"answers can't be called in a worker with a {name} yet")
    return [name, _PLACES[name][1](place)]


def place_from_json(written: list[Any]) -> Place:
    """Return the place, as the worker sees it."""
    name, made_of = written
    if name == _SEVERAL:
        return SeveralPlaces([place_from_json(one) for one in made_of])
    kind = getattr(importlib.import_module(_PLACES[name][0]), name)
    place: Place = kind(**made_of)
    return place
