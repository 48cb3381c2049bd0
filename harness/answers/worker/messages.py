"""How steps, results and outcomes are written into a line, and read back."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from harness.answers import plain
from harness.errors import BrokenLab
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


# By the name of its class, each kind of place that a worker can be sent to: where the class is, and what it is made of,
# plain values, and nothing that the learner's role may not know. Imported when it is needed: a lab that has no Redis
# doesn't wait for its client.
_PLACES: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "Nowhere": ("harness.answers.nowhere", lambda _: {}),
    "PostgresPlace": ("harness.explorers.interleavings.postgres", lambda place: {"conninfo": place.conninfo}),
    "RedisPlace": ("harness.explorers.interleavings.redis", lambda place: place.options),
    "WorldPlace": ("harness.explorers.upstream.world", lambda place: {"host": place.host, "port": place.port}),
}


def place_to_json(place: Place) -> list[Any]:
    """Return what a worker needs to know of a place. Raises BrokenLab for one that no worker can be sent to."""
    itself = place.itself
    room, made_of = _PLACES.get(type(itself).__name__, ("", None))
    if made_of is None or type(itself).__module__ != room:
        raise BrokenLab(f"answers can't be called in a worker with a {type(place).__name__} yet")
    return [type(itself).__name__, made_of(itself)]


def place_from_json(written: list[Any]) -> Place:
    """Return the place, as the worker sees it."""
    name, made_of = written
    kind: type[Place] = getattr(importlib.import_module(_PLACES[name][0]), name)
    return kind(**made_of)
