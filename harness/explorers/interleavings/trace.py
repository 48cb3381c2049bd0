"""What happened in one order: the rows of a timeline, and how it ended. Made by the explorer, drawn by `report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from harness.explorers.interleavings.steps import Outcome

Kind = Literal["does", "waits", "goes on", "returns", "raises", "crashes", "starts", "ends"]


@dataclass(frozen=True)
class Event:
    """One row of a timeline, in its actor's column.

    - `does`: a step that was done at once: `text` is the statement, `result` what came of it in short.
    - `waits`: a step that has to wait for the locks of others: `text` is the statement, `blockers` who they are.
    - `goes on`: a step that waited and is done: `text` as before.
    - `returns`: the actor's call has ended; `result` is its value. `raises`: it has ended with an exception.
    - `crashes`, `starts` (again), `ends`: what befalls a program as a whole; `text` says it in words.
    `error` is the SQLSTATE, or the name of an exception, where it failed. `open` tells that the actor has a
    transaction open after it.
    """

    actor: str
    kind: Kind
    text: str = ""
    result: str = ""
    error: str = ""
    open: bool = False
    blockers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """What a rule found: both in words, side by side. `about` names the values that it is about, as they are shown."""

    expected: str
    observed: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold: its sentence, what it found, and after how many events.

    `ask` is the question of a rule that isn't the test's own; it takes the place of the test's.
    """

    fact: str
    difference: Difference | None
    after: int
    ask: str = ""


@dataclass(frozen=True)
class Choice:
    """Who could have gone on at one point of an order, who did, and whether switching there costs nothing.

    Actors are counted from 0. `forced` choices are fairness: no other order branches off there. `may_run_out` tells
    that the step had to wait with a timer on, `runs_out` that this timer ran out.
    """

    enabled: tuple[int, ...]
    taken: int
    free: bool = False
    forced: bool = False
    may_run_out: bool = False
    runs_out: bool = False

    @property
    def move(self) -> int:
        """What an order has for it: the actor, or its complement where the actor's timer runs out."""
        return ~self.taken if self.runs_out else self.taken

    def other(self, move: int) -> Choice:
        """Return the same choice with another move taken."""
        return replace(self, taken=max(move, ~move), runs_out=move < 0)


@dataclass(frozen=True)
class Run:
    """One order, run to its end. `choices` is the order itself; `pruned` says why it was given up, if it was."""

    choices: tuple[Choice, ...]
    events: tuple[Event, ...]
    outcomes: Mapping[str, Outcome]
    broken: Broken | None = None
    pruned: str = ""
    refused: str = ""
    overlapped: bool = False

    @property
    def order(self) -> tuple[int, ...]:
        """The move of each step: who took it, counted from 0, or the complement where its timer ran out."""
        return tuple(choice.move for choice in self.choices)

    @property
    def switches(self) -> int:
        """How often an actor that could have gone on was left for another (preemptions)."""
        return switches_of(self.choices)

    @property
    def timers(self) -> int:
        """How often a timer ran out."""
        return sum(choice.runs_out for choice in self.choices)


def same_course(one: Run, other: Run) -> bool:
    """Return whether two runs went the same way: who did what, waited, failed, saw, and which rule broke.

    A statement with a value that is new each time, a random key, is still the same statement; what came of it counts
    where the texts are equal.
    """
    if (one.broken is None) != (other.broken is None):
        return False
    if one.broken is not None and other.broken is not None and one.broken.fact != other.broken.fact:
        return False
    return same_events(one.events, other.events)


def same_events(some: Sequence[Event], others: Sequence[Event]) -> bool:
    """Return whether two courses of events are the same, but for values that are new each time."""
    return len(some) == len(others) and all(_same(event, again) for event, again in zip(some, others, strict=True))


def _same(event: Event, again: Event) -> bool:
    if event.text != again.text or event.kind == "returns":
        again = replace(again, text=event.text, result=event.result)
    return event == again


def is_a_switch(before: Choice, after: Choice) -> bool:
    """Return whether an actor that could have gone on was left for another, where that isn't free."""
    return after.taken != before.taken and before.taken in after.enabled and not after.free


def switches_of(choices: Sequence[Choice]) -> int:
    """Return how many of the choices are switches."""
    return sum(is_a_switch(before, after) for before, after in pairwise(choices))


def price(choices: Sequence[Choice]) -> int:
    """Return what a beginning of an order costs: its switches, and a switch for each timer that runs out.

    Those of one actor cost it once, as long as no other goes on meanwhile: all that has happened is that it took long.
    """
    spent, outlasted = switches_of(choices), None
    for choice in choices:
        if choice.runs_out:
            spent += outlasted != choice.taken
            outlasted = choice.taken
        elif outlasted != choice.taken:
            outlasted = None
    return spent


@dataclass(frozen=True)
class Exploration:
    """All orders that were run of one story.

    `actors` by name, in order. `bound` is the number of switches up to which every order was run, None for all there
    are. `ran`, `broke` and `pruned` count orders; `shortest` is the counterexample with the fewest switches and steps.
    `token` names its order. `given` is what each order began with, in words. `transactions` tells what an event that
    leaves its actor `open` is amid: a transaction on a server, or only something that goes on.
    """

    actors: tuple[str, ...]
    given: str
    ran: int
    broke: int
    pruned: Mapping[str, int]
    bound: int | None
    shortest: Run | None = None
    token: str = ""
    remarks: tuple[str, ...] = field(default=())
    transactions: bool = True


def token_of(order: tuple[int, ...]) -> str:
    """Return an order as a text, a letter a step: `AABBA`; a small one where its timer runs out: `AABbA`."""
    return "".join(chr(ord("A") + move) if move >= 0 else chr(ord("a") + ~move) for move in order)


def order_of(token: str) -> tuple[int, ...]:
    """Return the order that a token names. Raises ValueError where it is none: whoever goes first waits for nobody."""
    if not (token.isascii() and token.isalpha() and token[0].isupper()):
        raise ValueError(f"{token!r} is no order: it is made of the letters of the actors, as in AABBA")
    return tuple(ord(letter) - ord("A") if letter.isupper() else ~(ord(letter) - ord("a")) for letter in token)
