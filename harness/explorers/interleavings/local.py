"""Actors in this process: each runs in a greenlet, so that a debugger works and nothing runs at the same time."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any, NoReturn

from greenlet import GreenletExit, getcurrent, greenlet

from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.player import Player
from harness.explorers.interleavings.steps import Drained, Gate, Result, Ruling, Step, frames_of, outcome_of

# Seconds of processor time that an actor may use between two steps; time that others use doesn't count.
MOST_COMPUTING = 2.0
# How often an actor is told to end that catches whatever is raised in it, and how long it may take each time.
_MOST_DISMISSALS = 20
_ENDING = 0.05
# Actors that would not end. Nobody lets them run again; to forget them would be to end them once more.
_STUBBORN: list[_Greenlet] = []


class _Greenlet(greenlet):  # type: ignore[misc] # without type hints
    """A greenlet that knows its gate."""

    gate: Gate


class LocalPlayer(Player, Gate):
    """An actor in this process. It is its own gate: to ask is to switch back to whoever lets it run."""

    def __init__(self, name: str, call: Callable[[Any], object], place: Place, handle: Any) -> None:
        self.name = name
        self._call = call
        self._place = place
        self._handle = handle
        self._result: Result | None = None
        self._dismissed = False
        self._ruling: Ruling = ""
        self._has_idled = False
        self._greenlet = _Greenlet(self._run)
        self._greenlet.gate = self

    def begin(self) -> None:
        """Start the call and run it to its first step, or to its end."""
        self._place.enter(self._handle, self)
        self._switch()

    def grant(self, ruling: Ruling = "") -> Result | None:
        """Let the step happen."""
        self.asks = None
        self._ruling = ruling
        self.yielded = False
        return self._switch()

    def advance(self, ready: int) -> Result | None:
        """Go on with the step in flight."""
        return self._switch(ready)

    def dismiss(self) -> None:
        """End the greenlet, if it hasn't ended, and give the connection back."""
        self._place.enter(self._handle, None)
        self._dismissed = True
        self._hub = getcurrent()
        for _ in range(_MOST_DISMISSALS):
            if self._greenlet.dead or not self._greenlet:
                return
            with _computing_no_longer_than(_ENDING, self):
                self._greenlet.throw(GreenletExit)
        _STUBBORN.append(self._greenlet)

    def crash(self) -> None:
        """Cut its connections first, so that no `finally` of its code reaches a server, and end it."""
        self._place.cut(self._handle)
        self.dismiss()

    def ask(self, step: Step) -> Ruling:
        """Switch to the explorer until there is leave."""
        self.asks = step
        self._has_idled = False
        self._hub.switch()
        return self._ruling

    def idle(self, *, for_ever: bool) -> None:
        """End the actor where no message will come; one that waits only for a while may first do something else."""
        if for_ever or self._has_idled:
            raise Drained
        self._has_idled = True

    def until_ready(self, socket: int, wanted: int) -> int:
        """Switch to the explorer, which waits for the server."""
        self.waits_on = (socket, wanted)
        ready: int = self._hub.switch()
        self.waits_on = (-1, 0)
        return ready

    def tell(self, result: Result) -> None:
        """Keep it until the actor has run on to where it stops."""
        self._result = result

    def sleep(self, seconds: float) -> None:  # noqa: ARG002 - no time passes here
        """Let others go first."""
        self.yielded = True

    def refuse(self, sentence: str) -> NoReturn:
        """Stop the actor for good: an exception could be caught by its own code."""
        if not self.refused and not self._dismissed:
            self.refused, self.frames = sentence, frames_of(sys._getframe(1))  # noqa: SLF001 - there is no other name
        while True:
            self._hub.switch()

    def never_ends(self, sentence: str) -> NoReturn:
        """Refuse what would take for ever."""
        self.endless = not self._dismissed
        self.refuse(sentence)

    def _run(self) -> None:
        outcome = outcome_of(lambda: self._call(self._handle))
        if self._dismissed:
            return
        if outcome.error:
            self._place.undo(self._handle)
        self.outcome = replace(outcome, open=self._place.left_open(self._handle))

    def _switch(self, *values: Any) -> Result | None:
        """Let the greenlet run; return the result of its step where that has ended."""
        self._hub = getcurrent()
        with _computing_no_longer_than(MOST_COMPUTING, self):
            self._greenlet.switch(*values)
        in_flight = self.waits_on[0] >= 0
        if in_flight:
            return None
        result, self._result = self._result, None
        return result


def computes_too_long() -> str:
    """Return what is said of an actor that computes for ever."""
    return f"it computes for more than {MOST_COMPUTING:g} seconds without taking a step"


@contextmanager
def _computing_no_longer_than(seconds: float, gate: LocalPlayer) -> Iterator[None]:
    """Refuse an endless loop without steps. Processor time is counted, so that a busy machine changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        if getattr(getcurrent(), "gate", None) is gate:
            gate.never_ends(computes_too_long())

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
