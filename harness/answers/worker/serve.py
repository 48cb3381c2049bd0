"""The worker's side: does what it is told, one command after the other, until the parent has gone."""

from __future__ import annotations

import json
import math
import os
import random
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness.answers.jobs import Job
from harness.answers.worker.messages import COMPUTES, WAITS, Stop, place_from_json
from harness.errors import LabsError
from harness.explorers.interleavings import LocalCast, Player, Result, Ruling
from harness.explorers.interleavings.local import MOST_COMPUTING
from harness.explorers.interleavings.world import as_an_actor_sees_it

# Seconds of processor time beyond the actor's own, after which the kernel ends a worker that no signal of Python's
# reaches: it is in the middle of something like `sum(range(10**12))`.
_GRACE = 2
# Milliseconds of waiting for the server after which the parent is told that it is that.
_LONG = 1_000


def serve(descriptor: int) -> None:
    """Serve the parent at the other end of a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end is ours
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - the standard library's own
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    with socket.socket(fileno=descriptor) as parent, parent.makefile("rb") as commands, as_an_actor_sees_it():
        servant = _Servant(parent)
        for line in commands:
            number, command, *values = json.loads(line)
            with _processor_time():
                answer = servant.obey(number, command, values)
            if answer is not None:
                servant.say(answer)


class _Servant:
    """One actor, or none."""

    def __init__(self, parent: socket.socket) -> None:
        self._parent = parent
        self._number = 0
        self._cast: LocalCast | None = None
        self._player: Player | None = None

    def say(self, what: Any) -> None:
        """Say something about the command at hand."""
        self._parent.sendall(json.dumps([self._number, what]).encode() + b"\n")

    def obey(self, number: int, command: str, values: list[Any]) -> Any:
        """Do what a command says and return what is answered to it; None: nothing is."""
        self._number = number
        try:
            return getattr(self, f"_on_{command}")(*values)
        except KeyboardInterrupt:
            return self._refused("it raises KeyboardInterrupt, as if somebody had pressed Ctrl-C")
        except LabsError as problem:
            return {"problem": [problem.message, problem.advice]}
        except BaseException:  # noqa: BLE001 - a defect of ours: the parent tells
            return {"defect": traceback.format_exc()}

    def _on_cast(self, job: list[Any], doing: str, place: list[str]) -> str:
        todo = Job.from_json(job)
        if todo.folder and todo.folder not in sys.path:
            sys.path.insert(0, todo.folder)
        self._cast = LocalCast("", getattr(todo, doing), place_from_json(place))
        self._player = self._cast.player()
        return "ready"

    def _on_begin(self) -> Any:
        assert self._player is not None
        random.seed(0)  # the same luck in each order
        self._player.begin()
        return self._stop(self._player, None)

    def _on_grant(self, ruling: Ruling) -> Any:
        assert self._player is not None
        return self._stop(self._player, self._player.grant(ruling))

    def _on_crash(self) -> str:
        assert self._player is not None
        assert self._cast is not None
        self._player.crash()
        self._player = self._cast.player()
        return "ready"

    def _on_cut(self) -> str:
        assert self._cast is not None
        self._cast.cut()
        return "cut"

    def _on_dismiss(self) -> str:
        assert self._player is not None
        assert self._cast is not None
        self._player.dismiss()
        self._player = self._cast.player()
        return "ready"

    def _refused(self, sentence: str) -> Any:
        assert self._player is not None
        self._player.refused = sentence
        return Stop.of(self._player, None).to_json()

    def _on_leave(self) -> str:
        if self._cast is not None:
            self._cast.close()
        self._cast = self._player = None
        return "left"

    def _stop(self, player: Player, result: Result | None) -> Any:
        """Wait until the actor's step has ended, and return where it has stopped; None where the parent calls."""
        has_told = False
        while player.waits_on[0] >= 0:
            server, wanted = player.waits_on
            poll = select.poll()
            poll.register(self._parent, select.POLLIN)
            poll.register(server, (select.POLLIN if wanted & 1 else 0) | (select.POLLOUT if wanted & 2 else 0))
            if not (ready := dict(poll.poll(None if has_told else _LONG))):
                self.say(WAITS)
                has_told = True
                continue
            if self._parent.fileno() in ready:
                return None  # it dismisses an actor that waits, or it is gone
            if has_told:
                self.say(COMPUTES)
                has_told = False
            events = ready[server]
            result = player.advance((1 if events & ~select.POLLOUT else 0) | (2 if events & select.POLLOUT else 0))
        return Stop.of(player, result).to_json()


@contextmanager
def _processor_time() -> Iterator[None]:
    """Let the kernel end this process where it computes for too long."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(usage.ru_utime + usage.ru_stime + MOST_COMPUTING) + _GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    yield
