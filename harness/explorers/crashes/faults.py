"""What befalls a program, and when: `3a` is a crash after operation 3, `3a+7a` another after operation 7."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.explorers.interleavings.steps import Kind, Ruling

FaultKind = Literal["b", "a", "e", "f", "l"]
NO_FAULT = "0"
ALL_FAULTS = "baefl"

# What each kind of fault does, in words that go with "operation 3".
WORDS: dict[FaultKind, str] = {
    "b": "crash before",
    "a": "crash after",
    "e": "connection lost after",
    "f": "connection lost before",
    "l": "lost on the way:",
}
RULINGS: dict[FaultKind, Ruling] = {"b": "", "a": "", "e": "unknown", "f": "fails", "l": "lost"}
# A crash may come after any operation. An error is ambiguous where the operation takes effect at once; what happens
# inside a transaction is undone with its connection in any case. What nobody confirms can only be lost without a word.
_AT: dict[Kind, str] = {
    "statement": "af",
    "commit": "aef",
    "command": "aef",
    "publish": "aef",
    "send": "al",
    "deliver": "a",
    "settle": "a",
    "declare": "a",
}
_AFTER: tuple[FaultKind, ...] = ("a", "e", "f", "l")
_TOKEN = re.compile(r"\d+[baefl](\+\d+[baefl])*")
_ONE = re.compile(r"(\d+)([baefl])")


@dataclass(frozen=True)
class Fault:
    """A fault at one operation, counted from 1 through the whole run."""

    number: int
    kind: FaultKind

    @property
    def crashes(self) -> bool:
        """Whether the program is ended by it; else it runs on as it likes."""
        return self.kind in ("a", "b")

    def __str__(self) -> str:
        """As a token has it."""
        return f"{self.number}{self.kind}"


Plan = tuple[Fault, ...]


def faults_at(number: int, kind: Kind, wanted: str) -> Iterator[Fault]:
    """Give the faults that an operation of a kind can meet, of those that are wanted.

    A crash before an operation is one after the operation before, as nothing happens on a server between the two:
    only before the first there is something new.
    """
    letters = (letter for letter in _AFTER if letter in _AT[kind] and letter in wanted)
    if number == 1 and "b" in wanted:
        yield Fault(1, "b")
    for letter in letters:
        yield Fault(number, letter)


def token_of(plan: Plan) -> str:
    """Return a plan as a text: `3a+7a`, or `0` for a run without a fault."""
    return "+".join(map(str, plan)) or NO_FAULT


def plan_of(token: str) -> Plan:
    """Return the plan that a token names. Raises ValueError where it is none."""
    if token == NO_FAULT:
        return ()
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"{token!r} names no fault: it looks like 3a, or 3a+7a, or 0")
    plan = tuple(Fault(int(number), letter) for number, letter in _ONE.findall(token))
    numbers = [fault.number for fault in plan]
    if numbers != sorted(set(numbers)) or numbers[0] == 0:
        raise ValueError(f"{token!r} names no faults in order: operations are counted from 1, through the whole run")
    return plan
