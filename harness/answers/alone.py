"""One call by itself: the explorer's machinery with a single actor, which is let through every gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from harness.explorers.interleavings import Cast, Frames, Outcome, Place, Watch
from harness.explorers.interleavings.hub import Hub
from harness.explorers.interleavings.orders import shortest_round
from harness.explorers.interleavings.trace import Event
from harness.explorers.interleavings.verdicts import TookTooLong
from harness.explorers.interleavings.world import as_an_actor_sees_it

# Steps of one call. A hundred times what the longest right answer takes.
MOST_STEPS = 5_000
# What is told of a call that never ends: the operations of a round, or of none that is the same as others, the last.
_LONGEST_ROUND, _TIMES = 12, 3
_FEW = 4


@dataclass(frozen=True)
class Ending:
    """How a call by itself has ended: with an outcome, or with a sentence about what it may not do.

    `latest` are the operations of the round in which it goes for ever, or its last few, each with its result.
    """

    outcome: Outcome | None
    refused: str = ""
    frames: Frames = ()
    endless: bool = False
    latest: tuple[str, ...] = ()


def alone(cast: Cast, place: Place, most_steps: int = MOST_STEPS) -> Ending:
    """Run one actor from beginning to end. Raises ServiceUnavailable where the server is lost meanwhile."""
    with as_an_actor_sees_it(), closing(cast):
        player = cast.player()
        hub = Hub([player], _NobodyElse(place), hold=0, on_quiet=lambda: None)
        steps = 0
        try:
            hub.begin()
            while hub.enabled and not player.refused and steps < most_steps:
                hub.step(0)
                steps += 1
        except TookTooLong as slow:
            sentence = f"it waits for more than {slow.seconds:g} seconds for one statement: {slow.statement}"
            return Ending(None, sentence, endless=True)
        finally:
            hub.dismiss()
    if player.refused:
        return Ending(None, player.refused, player.frames, player.endless)
    if player.outcome is None:
        sentence = f"it is still at it after {most_steps:,} operations"
        return Ending(None, sentence, endless=True, latest=latest_round(hub.events))
    if player.outcome.error in ("OperationalError", "AdminShutdown"):
        place.close(place.open())
    return Ending(player.outcome)


def latest_round(events: Sequence[Event]) -> tuple[str, ...]:
    """Return what was done in the shortest round that was the same three times at the end; else the last few."""
    done = [_in_a_line(event) for event in events[-_TIMES * _LONGEST_ROUND :]]
    return tuple(done[-(shortest_round(done, longest=_LONGEST_ROUND, times=_TIMES) or _FEW) :])


def _in_a_line(event: Event) -> str:
    failed = f"  ✗ {event.error} {event.result}" if event.error else ""
    return event.text + (failed or (f"  → {event.result}" if event.result else ""))


class _NobodyElse(Watch):
    """Knows that nobody waits where nobody else is; it connects only to end what hangs."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:  # noqa: ARG002 - nobody is there
        """Return none."""
        return {}

    def end(self, session: int) -> None:
        """End a session on the server."""
        if (watch := self._place.watch()) is not None:
            with closing(watch):
                watch.end(session)

    def close(self) -> None:
        """There is nothing to close."""
