"""What a run was, for rules to judge: who did what, how it ended, and what is there at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.explorers.crashes.faults import plan_of
from harness.explorers.interleavings.steps import Kind, Outcome
from harness.explorers.interleavings.trace import Broken, Difference, Event

# Unknown is what a call raised that was done, or was cut off by a crash before anybody heard of it.
OutcomeOf = Literal["ok", "failed", "unknown"]


@dataclass(frozen=True)
class Operation:
    """One thing that a program did on a server.

    `life` counts its starts and `number` all operations of the run, from 1. `server` is a service's name, `kind` as a
    Step has it, `message` the body of the message that it is about, `text` what it did in words.
    """

    program: str
    life: int
    number: int
    server: str
    kind: Kind
    text: str
    message: str = ""
    outcome: OutcomeOf = "ok"


@dataclass(frozen=True)
class History:
    """A run as rules see it: its operations in time, and what was observed at its end, in named lists of values."""

    operations: tuple[Operation, ...]
    observed: Mapping[str, Sequence[Any]]


HistoryRule = Callable[[History], Difference | None]


@dataclass(frozen=True)
class CrashRun:
    """One run: the plan by its token, what happened, and what broke. `lanes` are the columns of its picture, in order.

    `refused` says what a program did that can't be explored, `endless` that it did not come to rest.
    """

    token: str
    lanes: tuple[str, ...]
    events: tuple[Event, ...]
    history: History
    broken: Broken | None = None
    refused: str = ""

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """None: how a program ended stands in a row of its own."""
        return {}

    @property
    def faults(self) -> int:
        """How many faults it had."""
        return len(plan_of(self.token))


@dataclass(frozen=True)
class CrashExploration:
    """All runs of some programs.

    `operations` is how many they take without a fault. `ran` and `broke` count runs, `twice` those of them with a
    second crash. `shortest` is the counterexample with the fewest faults and the earliest. `given` is what each began
    with, in words.
    """

    programs: tuple[str, ...]
    operations: int
    ran: int
    broke: int
    twice: int = 0
    shortest: CrashRun | None = None
    given: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """None so far."""
        return ()

    @property
    def token(self) -> str:
        """What names the counterexample."""
        return self.shortest.token if self.shortest else ""
