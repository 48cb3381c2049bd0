"""The parent's side of programs that die: each life is a process of its own, forked in milliseconds and killed."""

from __future__ import annotations

import json
import socket
from typing import Any

from harness.answers.jobs import Job
from harness.answers.transport import Doing
from harness.answers.worker.messages import place_to_json
from harness.answers.worker.process import Lost, Process, WorkerProcess, start
from harness.answers.worker.transport import WorkerPlayer
from harness.errors import CouldNotJudge
from harness.explorers.interleavings import Cast, Place, Player

_STARTING = 60.0  # seconds for a worker to begin, on a machine that is busy


class Nursery:
    """The process that forks workers; started when the first is asked for."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = start("harness.answers.worker.nursery", theirs)

    def fork(self, theirs: socket.socket) -> Process:
        """Return a new worker that serves the other end of this socket."""
        socket.send_fds(self._socket, [json.dumps(["fork"]).encode()], [theirs.fileno()])
        return _Forked(self, self._answer())

    def end(self, command: str, child: int) -> int:
        """Kill a worker, or wait for its end, and return its exit status."""
        self._socket.sendall(json.dumps([command, child]).encode())
        return self._answer()

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _answer(self) -> int:
        said = self._socket.recv(1024)
        if not said:
            raise CouldNotJudge("the process that starts workers has ended", "run it again")
        answer: int = json.loads(said)
        return answer


class _Forked:
    """A process that is not our child."""

    def __init__(self, nursery: Nursery, number: int) -> None:
        self._nursery, self._number = nursery, number
        self._status: int | None = None

    def kill(self) -> None:
        """Kill it, once."""
        if self._status is None:
            self._status = self._nursery.end("kill", self._number)

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002 - it has closed its socket: it is ending
        """Return its exit status."""
        if self._status is None:
            self._status = self._nursery.end("wait", self._number)
        return self._status


class Mortals:
    """A transport: a process a life."""

    def __init__(self) -> None:
        self._nursery: Nursery | None = None

    def cast(self, name: str, job: Job, doing: Doing, place: Place) -> Cast:
        """Return an actor that is born again and again."""
        if self._nursery is None:
            self._nursery = Nursery()
        return _MortalCast(self._nursery, name, job, doing, place)

    def close(self) -> None:
        """End the nursery."""
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None


class _MortalCast(Cast):
    """An actor whose every life has a process of its own."""

    def __init__(self, nursery: Nursery, name: str, job: Job, doing: Doing, place: Place) -> None:
        self._nursery, self._name, self._job, self._doing, self._place = nursery, name, job, doing, place
        self._worker: WorkerProcess | None = None

    def player(self) -> Player:
        """Return the actor, at the beginning of a life."""
        self.close()
        self._worker = WorkerProcess(self._nursery.fork)
        self._worker.send("cast", self._job.to_json(), self._doing, place_to_json(self._place))
        try:
            self._worker.wait(_STARTING)
        except Lost as lost:
            raise CouldNotJudge(f"a worker process can't begin: {lost}", "run it again") from lost
        return _MortalPlayer(self._name, self._worker)

    def close(self) -> None:
        """End it."""
        if self._worker is not None and self._worker.alive:
            self._worker.kill()


class _MortalPlayer(WorkerPlayer):
    """One life."""

    def crash(self) -> None:
        """Have the connections cut whose end can be waited for, and kill the process, whatever it does."""
        self._command("cut")
        if self._worker.alive:
            self._worker.kill()

    def dismiss(self) -> None:
        """Kill the process."""
        self.crash()

    def _command(self, command: str, *values: Any) -> None:
        if not self._worker.alive or self.refused:
            return
        self.waits_on = (-1, 0)
        self._worker.send(command, *values)
        try:
            self._worker.wait(_CUTTING)
        except Lost:
            return


_CUTTING = 60.0  # seconds for servers to let go, on a machine that is busy
