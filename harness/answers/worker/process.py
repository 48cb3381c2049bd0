"""The parent's side: a worker process, its socket, and what it says."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from harness.answers.worker.messages import MOST_BYTES
from harness.errors import CouldNotJudge

# Seconds for a process to be gone that has closed its socket, on a machine that is busy.
_ENDING = 30.0
# What the learner's code may see of our environment: nothing that tells it who runs it.
_ENVIRONMENT = ("TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")


class Lost(Exception):
    """The worker has ended; `computing` tells that it has used up its processor time."""

    def __init__(self, message: str, *, computing: bool = False) -> None:
        super().__init__(message)
        self.computing = computing


class Process(Protocol):
    """A process that was started; subprocess.Popen is one."""

    def kill(self) -> None:
        """Kill it."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and return its exit status; negative: the signal that has killed it."""
        ...


def start(module: str, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start a module of ours with its end of a socket."""
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-m", module, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )


def _alone(theirs: socket.socket) -> Process:
    return start("harness.answers.worker", theirs)


class WorkerProcess:
    """A worker, busy or not; `begin` starts its process."""

    def __init__(self, begin: Callable[[socket.socket], Process] = _alone) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = begin(theirs)
        self.owes_an_answer = False
        self._received = b""
        self._number = 0

    @property
    def descriptor(self) -> int:
        """What becomes readable when it says something, or ends."""
        return self._socket.fileno()

    @property
    def alive(self) -> bool:
        """Whether it can still be sent something."""
        return self._socket.fileno() >= 0

    def send(self, command: str, *values: Any) -> None:
        """Send a command; what it has said before no longer counts. Where it is gone, `receive` says so."""
        self._number += 1
        self.owes_an_answer = True
        with contextlib.suppress(OSError):
            self._socket.sendall(json.dumps([self._number, command, *values]).encode() + b"\n")

    def receive(self) -> Any:
        """Return what it has said about the last command, None where it hasn't said more.

        Raises Lost; CouldNotJudge where the answer is a problem, and RuntimeError where it is a defect of ours.
        """
        while b"\n" not in self._received:
            if len(self._received) > MOST_BYTES:
                self.kill()
                raise Lost("its process sends more than 1 MiB at once")
            try:
                received = self._socket.recv(MOST_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError:
                received = b""
            if not received:
                raise self._lost()
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        number, answer = _read(line)
        if number != self._number:
            return self.receive()
        self.owes_an_answer = False
        return _opened(answer)

    def wait(self, seconds: float) -> Any:
        """Return its answer to the last command. Raises as `receive` does; Lost also where none comes in time."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while (answer := self.receive()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise Lost(f"its process has said nothing for {seconds:g} seconds")
            poll.poll(left * 1000)
        return answer

    def kill(self) -> None:
        """End it, whatever it does."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _lost(self) -> Lost:
        self._socket.close()
        try:
            status = self._process.wait(timeout=_ENDING)
        except subprocess.TimeoutExpired:  # it has closed its socket, and lives on
            self.kill()
            return Lost("it has cut its process off from the test")
        if status == -signal.SIGXCPU:
            return Lost("", computing=True)
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"
        return Lost(f"its process ends in the middle, {how}")


def _read(line: bytes) -> tuple[Any, Any]:
    try:
        number, answer = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return None, None
    return number, answer


def _opened(answer: Any) -> Any:
    """Return the answer. Raises CouldNotJudge where it is a problem, RuntimeError where it is a defect of ours."""
    if isinstance(answer, dict) and "problem" in answer:
        raise CouldNotJudge(*map(str, answer["problem"]))
    if isinstance(answer, dict) and "defect" in answer:
        raise RuntimeError(f"in a worker process:\n{answer['defect']}")
    return answer
