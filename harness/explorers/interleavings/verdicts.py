"""What an exploration says when it can't say "right"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import CouldNotJudge, Wrong

if TYPE_CHECKING:  # whoever only has to know the verdicts has no use for all that they carry
    from harness.explorers.interleavings.trace import Exploration


# Asked where calls did not do the same twice.
WHAT_CALLS_DEPEND_ON = "Does a call depend on chance, on the time, or on what an earlier call has left in memory?"


class BrokenInSomeOrder(Wrong):
    """A rule does not hold in every order. `exploration.shortest` is the counterexample.

    `number` tells which of a test's explorations it was, from 1.
    """

    def __init__(self, message: str, exploration: Exploration, *, ask: str = "") -> None:
        super().__init__(message, ask=ask)
        self.exploration = exploration
        self.number = 1

    @property
    def token(self) -> str:
        """What names the order of the counterexample: `ABBA`, or `2-ABBA` in a test's second exploration."""
        return self.exploration.token if self.number == 1 else f"{self.number}-{self.exploration.token}"


class NothingOverlapped(CouldNotJudge):
    """No two actors were ever at work at the same time: the exploration has proved nothing."""


class NotTheSameTwice(CouldNotJudge):
    """One order, run twice, gave two different courses of events."""


class TookTooLong(CouldNotJudge):
    """A statement that waits for no other actor took longer than any statement should."""

    def __init__(self, actor: str, statement: str, seconds: float) -> None:
        super().__init__(
            f"a statement of {actor} took more than {seconds:g} seconds without waiting for another actor: {statement}",
            "run it again; does the statement sleep?",
        )
        self.statement = statement
        self.seconds = seconds


class SeenInNoOrder(Wrong):
    """What was said to happen in some order happens in none. `exploration.shortest` is an order to show instead.

    `expected` is what would be seen if it did happen, `observed` what was seen in the order that is shown.
    """

    def __init__(self, message: str, exploration: Exploration, expected: str, observed: str, *, ask: str = "") -> None:
        super().__init__(message, ask=ask)
        self.exploration = exploration
        self.expected, self.observed = expected, observed
