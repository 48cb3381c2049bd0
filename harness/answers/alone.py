"""One call by itself: the explorer's machinery with a single actor, which is let through every gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from harness.explorers.interleavings import Cast, Frames, Outcome, Place, Watch
from harness.explorers.interleavings.hub import Hub
from harness.explorers.interleavings.verdicts import TookTooLong
from harness.explorers.interleavings.world import as_an_actor_sees_it

# Steps of one call. A hundred times what the longest right answer takes.
MOST_STEPS = 5_000


@dataclass(frozen=True)
class Ending:
    """How a call by itself has ended: with an outcome, or with a sentence about what it may not do."""

    outcome: Outcome | None
    refused: str = ""
    frames: Frames = ()
    endless: bool = False


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
        return Ending(None, f"it is still at it after {most_steps:,} operations", endless=True)
    if player.outcome.error in ("OperationalError", "AdminShutdown"):
        place.close(place.open())
    return Ending(player.outcome)


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
