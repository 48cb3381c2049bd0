"""What may happen in some order of a story, or in none: claims about it are held against every order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.explorers.interleavings.explorer import Actor, Explorer, Given, Story, required
from harness.explorers.interleavings.rules import Look
from harness.explorers.interleavings.trace import Difference, Run, order_of, token_of
from harness.explorers.interleavings.verdicts import SeenInNoOrder


@dataclass(frozen=True)
class Anomaly:
    """Something that no run of one call after the other shows.

    `name` says what it is, and where. `seen` tells at the end of an order what was seen, in words; where these are
    `strange`, it has happened. `ordinary` is what would have been seen without it, `fact` the sentence that then holds.
    `in_order` names the order, a letter a step as in ABBA, in which one would expect it.
    """

    name: str
    fact: str
    actors: Mapping[str, Callable[[Any], object] | Actor]
    given: Given
    seen: Callable[[Look], str]
    ordinary: str
    strange: str
    in_order: str
    may_fail: Collection[str] = ()

    @property
    def story(self) -> Story:
        """What is explored: that it never happens."""

        def never(look: Look) -> Difference | None:
            seen = self.seen(look)
            return Difference(self.ordinary, seen) if seen == self.strange else None

        never.__doc__ = self.fact
        return Story(self.actors, self.given, at_the_end=[never], may_fail=self.may_fail)

    def hold(self, explorer: Explorer, *, can_happen: bool, ask: str = "") -> None:
        """Hold the claim that it can happen, or can't, against every order of its story, which `explorer` runs.

        Raises BrokenInSomeOrder where it happens and shouldn't, SeenInNoOrder where it should and doesn't.
        """
        if can_happen and explorer.explore(switches=1).broke:
            return
        runs: list[Run] = []
        found = explorer.explore(on_run=runs.append)
        if not can_happen:
            required(found, ask)
        elif not found.broke:
            expected_in = order_of(self.in_order)
            shown = max(runs, key=lambda run: _in_common(run.order, expected_in))
            raise SeenInNoOrder(
                f"{self.name} never happens",
                replace(found, shortest=shown),
                self.strange,
                self._seen_again(explorer, shown),
                ask=ask,
            )

    def _seen_again(self, explorer: Explorer, run: Run) -> str:
        """Run an order again, and return what is seen at its end."""
        seen = ""

        def note(_events: object, look: Look) -> None:
            nonlocal seen
            if len(look.outcomes) == len(self.actors):
                seen = self.seen(look)

        explorer.replay(token_of(run.order), note)
        return seen


def _in_common(order: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return with how many equal steps two orders begin."""
    pairs = enumerate(zip(order, other, strict=False))
    return next((at for at, (one, another) in pairs if one != another), min(len(order), len(other)))
