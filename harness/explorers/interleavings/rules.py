"""What must hold in every order: plain functions, whose first line of documentation is the fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Difference, Event


class Look:
    """What a rule may look at: the data, over a connection of the test's own, and how the actors' calls have ended.

    `handle` is that connection (psycopg's, autocommitting, or a Redis client). `outcomes` are those of the calls that
    have ended, by actor. `events` is all that has happened so far.
    """

    def __init__(self, handle: Any, outcomes: Mapping[str, Outcome], events: Sequence[Event] = ()) -> None:
        self.handle = handle
        self.outcomes = outcomes
        self.events = events

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query on what is committed."""
        return list(self.handle.execute(query, values or None).fetchall())

    def value(self, query: str, *values: object) -> Any:
        """Return the one value of a query on what is committed."""
        ((value,),) = self.rows(query, *values)
        return value

    def returned(self, value: object) -> list[str]:
        """Return the actors whose calls returned exactly this value."""
        return [
            name
            for name, outcome in self.outcomes.items()
            if not outcome.error and outcome.value == value and type(outcome.value) is type(value)
        ]


Rule = Callable[[Look], Difference | None]


def fact_of(rule: Callable[..., Difference | None]) -> str:
    """Return the sentence that a rule stands for."""
    return (rule.__doc__ or rule.__name__).strip().splitlines()[0]


def differs(what: str, expected: object, observed: object) -> Difference | None:
    """Return nothing where both are equal, else the difference, in words that begin with `what`."""
    if expected == observed:
        return None
    return Difference(f"{what}: {expected}", f"{what}: {observed}")


def no_rows(fact: str, query: str, values: Sequence[object] = ()) -> Rule:
    """Return the rule that a query finds nothing; what it finds is what is wrong."""

    def rule(look: Look) -> Difference | None:
        found = look.rows(query, *values)
        return Difference("no such row", "; ".join(", ".join(map(str, row)) for row in found)) if found else None

    rule.__doc__ = fact
    return rule


def nobody_waits(look: Look) -> Difference | None:
    """Nobody waits for anybody else."""
    waits = [event for event in look.events if event.kind == "waits"]
    if not waits:
        return None
    first = waits[0]
    return Difference("nobody waits", f"{first.actor} waits for {' and '.join(first.blockers)}: {first.text}")
