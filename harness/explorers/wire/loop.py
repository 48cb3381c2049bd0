"""One thread that waits for sockets and for times, and does what other threads ask of it."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from harness.errors import BrokenLab, CouldNotJudge

_PATIENCE = 30.0  # seconds for the thread to do what it was asked: it never waits for anything but the selector
_LONGEST_WAIT = 3600.0  # seconds; selectors overflow at 24 days

_Result = TypeVar("_Result")


class Loop:
    """The thread. All callbacks run on it, and none may wait for anything. `at_end` is the last of them."""

    def __init__(self, name: str, at_end: Callable[[], None]) -> None:
        self._at_end = at_end
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()  # timers of one time fire in the order in which they were set
        self._waker, self._woken = socket.socketpair()
        for end in (self._waker, self._woken):
            end.settimeout(0)
        self.watch(self._woken, selectors.EVENT_READ, lambda _: self._sleep_again())
        self._door = threading.Lock()  # guards the two below
        self._asked: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._ended = False
        self._stopping = False
        self._failure: BaseException | None = None
        # A daemon, so that a test that forgets to close its wire doesn't keep Python from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def watch(self, watched: socket.socket, events: int, callback: Callable[[int], None]) -> None:
        """Call back with the events whenever some of `events` are due; with 0, no longer."""
        known = self._selector.get_map().get(watched)
        if known is None:
            if events:
                self._selector.register(watched, events, callback)
        elif not events:
            self._selector.unregister(watched)
        elif known.events != events or known.data != callback:
            self._selector.modify(watched, events, callback)

    def call_at(self, when: float, callback: Callable[[], None]) -> None:
        """Call back once, at a time of `time.monotonic()` or soon after, never before."""
        heapq.heappush(self._timers, (when, next(self._number), callback))

    def ask(self, work: Callable[[], _Result]) -> _Result:
        """Have another thread's work done here, after all that is ready by now, and wait for its result.

        Raises what the work raises, BrokenLab where the loop was stopped and CouldNotJudge where it has broken.
        """
        answer: Future[_Result] = Future()
        with self._door:
            if self._ended:
                raise self._why_ended()
            self._asked.append((work, answer))
            self._wake()
        try:
            return answer.result(_PATIENCE)
        except TimeoutError:
            raise CouldNotJudge(
                f"{self._thread.name} does not answer", "run it on a machine that is less busy"
            ) from None

    def stop(self) -> None:
        """End the thread; nothing happens where it has ended. Raises CouldNotJudge where it has broken."""
        with self._door:
            if not self._ended:
                self._stopping = True
                self._wake()
        self._thread.join(_PATIENCE)
        if self._failure is not None or self._thread.is_alive():
            raise self._why_ended()

    def _why_ended(self) -> CouldNotJudge:
        if self._failure is not None or self._thread.is_alive():
            broken = CouldNotJudge(f"{self._thread.name} has broken: {self._failure!r}", "please report it")
            broken.__cause__ = self._failure
            return broken
        return BrokenLab(f"{self._thread.name} is closed", "use it before it is closed")

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._round()
        except BaseException as error:  # noqa: BLE001 - kept for the threads that ask
            self._failure = error
        finally:
            with self._door:
                self._ended = True
            try:
                self._at_end()
            finally:
                for _, answer in self._asked:
                    answer.set_exception(self._why_ended())
                self._selector.close()
                self._waker.close()
                self._woken.close()

    def _round(self) -> None:
        wait = self._timers[0][0] - time.monotonic() if self._timers else _LONGEST_WAIT
        for key, events in self._selector.select(min(max(wait, 0), _LONGEST_WAIT)):
            key.data(events)
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
        while self._asked:
            work, answer = self._asked.popleft()
            try:
                answer.set_result(work())
            except Exception as error:  # noqa: BLE001 - it is for the thread that has asked
                answer.set_exception(error)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # so many have woken it already
            self._waker.send(b"\0")

    def _sleep_again(self) -> None:
        self._woken.recv(4096)
