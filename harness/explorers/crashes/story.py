"""What is explored: programs, how a run begins, what is observed at its end, and what must hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from harness.explorers.crashes.faults import ALL_FAULTS
from harness.explorers.crashes.history import HistoryRule
from harness.explorers.interleavings.explorer import Cast, LocalCast
from harness.explorers.interleavings.place import Place


class Program(Protocol):
    """What can be crashed and started again."""

    @property
    def place(self) -> Place:
        """Where it works."""
        ...

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor called `name`, at work in this place."""
        ...


@dataclass(frozen=True)
class LocalProgram:
    """A plain function in this process, that takes the handles which its place opens."""

    call: Callable[..., object]
    place: Place

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor."""

        def spread(handle: Any) -> object:
            return self.call(*handle) if isinstance(handle, tuple) else self.call(handle)

        return LocalCast(name, spread, place)


@dataclass(frozen=True)
class CrashStory:
    """What is explored. `programs` run one after the other, each until it ends or no message will come for it.

    `given` begins each run, `observe` returns at its end what is there, over connections of the test's own. The rules
    `at_the_end` judge the history. `may_fail` names exceptions (by class or SQLSTATE) with which a program may end.
    `faults` are the letters of those that are tried; `crashes`: also a second crash while the program recovers.
    """

    programs: Mapping[str, Program]
    given: Callable[[], object]
    observe: Callable[[], Mapping[str, Sequence[Any]]]
    at_the_end: Sequence[HistoryRule]
    may_fail: Collection[str] = ()
    faults: str = ALL_FAULTS
    crashes: int = 1
    words: str = ""
