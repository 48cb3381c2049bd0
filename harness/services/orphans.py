"""Ending a server whose keeper was killed: only on Linux does the kernel end it with the keeper, not its helpers."""

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
_PATIENCE = 2.0  # seconds for each


def end_processes_in(data: Path, *, at_once: bool = False) -> None:
    """End every process that works in a server's data folder: its keeper has started it there, and nobody else does.

    `at_once` gives none of them a chance to do anything more.
    """
    for number in _SIGNALS[1:] if at_once else _SIGNALS:
        deadline = time.monotonic() + _PATIENCE
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
