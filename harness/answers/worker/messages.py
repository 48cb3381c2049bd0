"""How steps, results and outcomes are written into a line, and read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from harness.answers import plain
from harness.answers.nowhere import Nowhere
from harness.errors import BrokenLab
from harness.explorers.interleavings import Frames, Outcome, Place, Player, PostgresPlace, Result, Step

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


# By its name, each kind of place that a worker can be sent to, and what it is made of: plain values, and nothing that
# the learner's role may not know.
_PLACES: dict[str, tuple[type[Place], Callable[[Any], dict[str, Any]]]] = {
    "nowhere": (Nowhere, lambda _: {}),
    "postgres": (PostgresPlace, lambda place: {"conninfo": place.conninfo}),
}


def place_to_json(place: Place) -> list[Any]:
    """Return what a worker needs to know of a place. Raises BrokenLab for one that no worker can be sent to."""
    for name, (kind, made_of) in _PLACES.items():
        if type(place.itself) is kind:
            return [name, made_of(place.itself)]
    raise BrokenLab(f"answers can't be called in a worker with a {type(place).__name__} yet")


def place_from_json(written: list[Any]) -> Place:
    """Return the place, as the worker sees it."""
    name, made_of = written
    kind, _ = _PLACES[name]
    return kind(**made_of)
