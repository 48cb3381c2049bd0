"""What an exploration of crashes says when it can't say "right"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import CouldNotJudge, Wrong

if TYPE_CHECKING:  # whoever only has to know the verdicts has no use for all that they carry
    from harness.explorers.crashes.history import CrashExploration


class BrokenByACrash(Wrong):
    """A rule does not hold after some fault, or without one. `exploration.shortest` is the counterexample.

    `number` tells which of a test's explorations it was, from 1.
    """

    def __init__(self, message: str, exploration: CrashExploration, *, ask: str = "") -> None:
        super().__init__(message, ask=ask)
        self.exploration = exploration
        self.number = 1

    @property
    def token(self) -> str:
        """What names the counterexample: `3a`, or `2-3a` in a test's second exploration."""
        return self.exploration.token if self.number == 1 else f"{self.number}-{self.exploration.token}"


class NothingToCrash(CouldNotJudge):
    """The programs did nothing on any server: no crash could prove anything."""
