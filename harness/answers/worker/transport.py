"""The parent's side: actors that live in workers, as the explorer drives them."""

from __future__ import annotations

import contextlib
from typing import Any

from harness.answers.jobs import Job
from harness.answers.transport import Doing
from harness.answers.worker.messages import COMPUTES, WAITS, Stop, place_to_json
from harness.answers.worker.process import Lost, WorkerProcess
from harness.errors import CouldNotJudge
from harness.explorers.interleavings import Cast, Place, Player, Result, Ruling
from harness.explorers.interleavings.local import computes_too_long

_READ = 1
# Seconds on a machine that is busy: for a worker to end a call and make its connection as good as new; and to start.
_ENDING = 60.0
_STARTING = 60.0
# Seconds that an actor may be at something that is neither its server nor computing, of which the worker takes care.
_SILENCE = 120.0


class InWorkers:
    """A transport: a worker an actor. Workers that are free wait for the next."""

    def __init__(self) -> None:
        self._free: list[WorkerProcess] = []

    def cast(self, name: str, job: Job, doing: Doing, place: Place) -> Cast:
        """Return an actor in a worker."""
        return WorkerCast(name, [job.to_json(), doing, place_to_json(place)], self._free)

    def close(self) -> None:
        """End the workers."""
        while self._free:
            self._free.pop().kill()


class WorkerCast(Cast):
    """An actor in a worker of its own. Where that is lost, the next order gets another."""

    def __init__(self, name: str, todo: list[Any], free: list[WorkerProcess]) -> None:
        self._name, self._todo, self._free = name, todo, free
        self._has_played = False
        self._worker = self._cast()

    def player(self) -> Player:
        """Return the actor, on a connection as good as new: the worker has seen to it since the last order ended."""
        if not self._is_ready(_ENDING if self._has_played else _STARTING):
            self._worker = self._cast()
            if not self._is_ready(_STARTING):
                raise CouldNotJudge("a worker process can't begin", "python -I -m harness.answers.worker 0 may say why")
        self._has_played = True
        return WorkerPlayer(self._name, self._worker)

    def close(self) -> None:
        """Let the worker close its connection, and keep it for others; one that can't end its call is ended."""
        if not self._worker.alive:
            return
        try:
            if self._worker.owes_an_answer:
                self._worker.wait(_ENDING)
        except Lost:
            return
        except (CouldNotJudge, RuntimeError):  # it has been told before
            self._worker.kill()
            return
        self._worker.send("leave")
        if self._is_ready(_ENDING):  # by then its servers know that it has gone
            self._free.append(self._worker)

    def _is_ready(self, seconds: float) -> bool:
        try:
            if not self._worker.alive:
                return False
            return not self._worker.owes_an_answer or bool(self._worker.wait(seconds))
        except Lost:  # the last order's call has ended it
            return False

    def _cast(self) -> WorkerProcess:
        worker = self._free.pop() if self._free else WorkerProcess()
        worker.send("cast", *self._todo)
        return worker


class WorkerPlayer(Player):
    """An actor in another process. A step is in flight until the actor has stopped at its next one, or at its end."""

    def __init__(self, name: str, worker: WorkerProcess) -> None:
        self.name = name
        self._worker = worker
        self._computes = True  # as far as it has said

    def begin(self) -> None:
        """Have the call started."""
        self._send("begin")

    def grant(self, ruling: Ruling = "") -> None:
        """Have the step taken."""
        self.asks = None
        self.yielded = False
        self._send("grant", ruling)

    def advance(self, ready: int) -> Result | None:  # noqa: ARG002 - its socket is only ever read
        """Read where the actor has stopped, if it has said so."""
        try:
            answer = self._worker.receive()
            if answer is None:
                return None
            if answer in (WAITS, COMPUTES):
                self._computes = answer == COMPUTES
                return None
            stop = Stop.from_json(answer)
        except Lost as lost:
            self.refused = computes_too_long() if lost.computing else f"{lost}"
            self.endless = lost.computing
            stop = None
        except (KeyError, TypeError, ValueError):
            self.refused = "its process says what makes no sense"
            stop = None
        self.waits_on = (-1, 0)
        if stop is None:
            return None
        self.asks, self.outcome, self.yielded = stop.asks, stop.outcome, stop.yielded
        self.refused, self.frames, self.endless = stop.refused, stop.frames, stop.endless
        return stop.result

    def keeps_busy(self, seconds: float) -> bool:
        """Return whether the worker is at something else than its server; end it where it has long been silent."""
        if self._computes and seconds > _SILENCE:
            self._worker.kill()
            self.refused = f"it does nothing for more than {_SILENCE:g} seconds"
            self.endless = True
            self.waits_on = (-1, 0)
        return self._computes

    def dismiss(self) -> None:
        """Have the call ended; a worker whose actor was refused something is ended itself."""
        self.waits_on = (-1, 0)
        if self.refused:
            self._worker.kill()
        elif self._worker.alive:
            self._worker.send("dismiss")

    def crash(self) -> None:
        """Have its connections cut and the call ended; the worker lives on, unless its actor was refused something."""
        self.waits_on = (-1, 0)
        if not self._worker.alive:
            return
        self._worker.send("crash")
        with contextlib.suppress(Lost):
            self._worker.wait(_ENDING)
        if self.refused:
            self._worker.kill()

    def _send(self, command: str, *values: str) -> None:
        self._worker.send(command, *values)
        self._computes = True
        self.waits_on = (self._worker.descriptor, _READ)
