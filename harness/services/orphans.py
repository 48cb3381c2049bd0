"""The processes of a server, found by the folder that they work in: ended, stopped in their tracks, and woken again.

They are ended so where their keeper was killed: only on Linux does the kernel end a server with it, not its helpers.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# Postgres, told by SIGQUIT, leaves nothing in the kernel's shared memory; the others take it for SIGKILL, or ignore it.
_SIGNALS = (signal.SIGQUIT, signal.SIGKILL)
# Seconds for each. SIGKILL needs no cooperation, but turns on a processor until all that the process had is freed.
_PATIENCE = {signal.SIGQUIT: 2.0, signal.SIGKILL: 30.0}
_STILL = {"T", "t", "Z", "X"}  # stopped, traced, not yet buried, dead


def end_processes_in(data: Path, *, at_once: bool = False) -> None:
    """End every process that works in a server's data folder: its keeper has started it there, and nobody else does.

    `at_once` gives none of them a chance to do anything more.
    """
    for number in _SIGNALS[1:] if at_once else _SIGNALS:
        deadline = time.monotonic() + _PATIENCE[number]
        told: set[int] = set()
        while found := set(processes_in(data)):
            for process in found - told:
                for each in (number, signal.SIGCONT):  # a stopped process hears only SIGKILL
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, each)
            told |= found
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def tell_processes_in(data: Path, number: signal.Signals, *, seconds: float) -> bool:
    """Send SIGSTOP or SIGCONT to every process in a server's data folder, and return when it has taken effect.

    False where processes that were told to stop still run after so many seconds.
    """
    deadline = time.monotonic() + seconds
    told: set[int] = set()
    while True:
        found = set(processes_in(data))
        for process in found - told:  # one that is told may just have made another
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
        # A stop takes effect when one of the threads has had its turn on a processor and has told the others; until
        # then, which on a busy machine is long enough to answer a client, the others run on.
        if found <= told and (number != signal.SIGSTOP or all(map(_is_stopped, found))):
            return True
        if time.monotonic() > deadline:
            return False
        if found <= told:
            time.sleep(0.001)
        told |= found


def _is_stopped(process: int) -> bool:
    """Whether no thread of a process runs any more: each is stopped, or has ended."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # gone
            return all(_state(thread) in _STILL for thread in Path(f"/proc/{process}/task").iterdir())
        return True
    shown = subprocess.run(["ps", "-o", "state=", "-p", str(process)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1] in {"T", "Z", ""}


def _state(thread: Path) -> str:
    """The letter of /proc for what a thread does; X, as for one that is dead, where it is gone."""
    try:
        # Its name comes first, in brackets, and may have anything in it.
        return (thread / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def end_in_good_order(data: Path, *, patience: float) -> None:
    """Ask every process that works in a server's data folder to end; one that doesn't in so many seconds is ended."""
    for process in processes_in(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(processes_in(data)):
        if time.monotonic() > deadline:
            end_processes_in(data)
            return
        time.sleep(0.02)


def processes_in(data: Path) -> Iterator[int]:
    """Give the ids of the processes whose current folder is this one or lies in it."""
    place = str(data.resolve())
    for process, folder in _working_folders():
        # Linux says so where the folder itself is gone already.
        if f"{folder.removesuffix(' (deleted)')}/".startswith(f"{place}/"):
            yield process


def _working_folders() -> Iterator[tuple[int, str]]:
    """Give the id and the current folder of every process that may be asked."""
    if sys.platform == "linux":
        for entry in os.listdir("/proc"):  # noqa: PTH208 - thousands of names, of which no path is needed
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    yield int(entry), os.readlink(f"/proc/{entry}/cwd")  # noqa: PTH115 - the text, not a path to look up
        return
    # macOS has no /proc. Where lsof is missing too, Postgres ends by itself within a minute of its data folder's end.
    with contextlib.suppress(OSError):
        listed = subprocess.run(["lsof", "-a", "-d", "cwd", "-Fpn"], capture_output=True, text=True, check=False)
        process = 0
        for line in listed.stdout.splitlines():
            if line.startswith("p"):
                process = int(line[1:])
            elif line.startswith("n"):
                yield process, line[1:]
