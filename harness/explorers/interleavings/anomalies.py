"""What may happen in some order of a story, or in none: claims about it are held against every order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.explorers.interleavings.explorer import Actor, Explorer, Given, Story, required
from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.rules import Look
from harness.explorers.interleavings.trace import Difference, Run, order_of, token_of
from harness.explorers.interleavings.verdicts import SeenInNoOrder


@dataclass(frozen=True)
class Anomaly:
    """Something that no run of one call after the other shows.

    `seen` tells at the end of an order what was seen, in words; where these are `strange`, it has happened. `ordinary`
    is what would have been seen without it, `fact` the sentence that then holds. `in_order` names the order, a letter a
    step as in ABBA, in which one would expect it.
    """

    fact: str
    actors: Mapping[str, Callable[[Any], object] | Actor]
    given: Given
    seen: Callable[[Look], str]
    ordinary: str
    strange: str
    in_order: str
    may_fail: Collection[str] = ()

    def hold(self, *, can_happen: bool, on: Place, ask: str = "") -> None:
        """Hold the claim that it can happen, or can't, against the server.

        Raises BrokenInSomeOrder where it happens and shouldn't, SeenInNoOrder where it should and doesn't.
        """

        def never(look: Look) -> Difference | None:
            seen = self.seen(look)
            return Difference(self.ordinary, seen) if seen == self.strange else None

        never.__doc__ = self.fact
        story = Story(self.actors, self.given, at_the_end=[never], may_fail=self.may_fail)
        with Explorer(story, on) as explorer:
            if can_happen and explorer.explore(switches=1).broke:
                return
            runs: list[Run] = []
            found = explorer.explore(on_run=runs.append)
            if not can_happen:
                required(found, ask)
            elif not found.broke:
                expected_in = order_of(self.in_order)
                shown = max(runs, key=lambda run: _in_common(run.order, expected_in))
                seen = ""

                def note(_events: object, look: Look) -> None:
                    nonlocal seen
                    if len(look.outcomes) == len(self.actors):
                        seen = self.seen(look)

                explorer.replay(token_of(shown.order), note)
                raise SeenInNoOrder("no order shows it", replace(found, shortest=shown), self.strange, seen, ask=ask)


def _in_common(order: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return with how many equal steps two orders begin."""
    pairs = enumerate(zip(order, other, strict=False))
    return next((at for at, (one, another) in pairs if one != another), min(len(order), len(other)))
