"""Whether a server that doesn't answer hangs, or is merely slow: one that hangs gets no turn on any processor.

No time that one is willing to wait tells them apart. On a machine that is busy enough a server may take long for what
takes it milliseconds; but as long as it isn't stopped, its threads are given their turns, and Linux counts those.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.services import docker_engine, orphans
from harness.services.warm import State

LOOK_AFTER = 0.5  # seconds between two looks
# Looks in a row that find the same. An idle server has a turn each tenth of a second. The looks are counted and not the
# seconds: where the whole machine stood still, the clock may have gone on, and the server has done nothing wrong.
_LOOKS = 4
# Seconds for an answer, which takes milliseconds: before one looks whether the server hangs, and where it doesn't.
_SOON, _LATE = 2.0, 60.0

_Answer = TypeVar("_Answer")


class Pulse:
    """The signs of life of one server, looked for only while it is silent: a server that answers costs nothing."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last: int | None = None
        self._same = 0

    def stopped(self) -> bool:
        """Look once more, `LOOK_AFTER` the last; whether the last looks have found no sign of life.

        Where signs can't be had, a server is never said to have stopped.
        """
        now = _turns(self._state)
        self._same = self._same + 1 if now is not None and now == self._last else 1
        self._last = now
        return now is not None and self._same >= _LOOKS


def answer_of(state: State, ask: Callable[[float], _Answer]) -> _Answer | None:
    """Return what a server answers that has served before, or None where it hangs.

    `ask` gets the seconds for one answer, and raises TimeoutError where none comes. A server that is silent and not
    stopped is asked once more, with patience: it would be ended for nothing, under the hands of other runs.
    """
    for seconds in (_SOON, _LATE):
        try:
            return ask(seconds)
        except TimeoutError:
            if _hangs(state):
                break
    return None


def _hangs(state: State) -> bool:
    pulse = Pulse(state)
    for _ in range(_LOOKS - 1):
        pulse.stopped()
        time.sleep(LOOK_AFTER)
    return pulse.stopped()


def _turns(state: State) -> int | None:
    """Return a number that grows with each turn on a processor that a server has had, or None where nobody knows."""
    if state.container:
        return _of_container(state.container)
    return _of_processes(Path(state.data)) if sys.platform == "linux" else None


def _of_processes(data: Path) -> int:
    """Count how often all threads of an embedded server have left a processor; 0 where it has none any more.

    Not the time they had: Linux tells that in hundredths of a second, and an idle server needs two seconds for one.
    """
    turns = 0
    for process in orphans.processes_in(data):
        for status in Path(f"/proc/{process}/task").glob("*/status"):
            with contextlib.suppress(OSError):  # a thread that has just ended
                lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
                turns += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return turns


def _of_container(name: str) -> int | None:
    """Return the nanoseconds that a container has had on processors; a paused one gets no more."""
    import docker.errors  # late: 0.2 s
    import requests

    with (
        contextlib.suppress(docker.errors.DockerException, requests.RequestException, KeyError),
        contextlib.closing(docker_engine.client()) as client,
    ):
        container = client.containers.get(name)
        if container.attrs["State"]["Paused"]:
            return 0  # the figures of any container but a paused one grow, and some engines take a second for them
        figures = container.stats(stream=False, one_shot=True)
        return int(figures["cpu_stats"]["cpu_usage"]["total_usage"])
    return None
