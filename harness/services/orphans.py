"""Ending a server whose keeper was killed: only on Linux does the kernel end it with the keeper."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PATIENCE = 6.0


def end_server_of(data: Path) -> None:
    """End the Postgres that still runs on this data folder, if one does."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    # The number may long be another process's: Postgres works inside its data folder, and no one else does.
    if _working_folder(pid) != str(data.resolve()):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if _working_folder(pid) != str(data.resolve()):
                return
            time.sleep(0.02)


def _working_folder(pid: int) -> str:
    """The current folder of a process, or nothing where it is gone or can't be asked."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 - the text, not a path that is looked up
        return ""
    # macOS has no /proc. Where lsof is missing too, Postgres ends by itself within a minute of its data folder's end.
    with contextlib.suppress(OSError):
        listed = subprocess.run(
            ["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"], capture_output=True, text=True, check=False
        )
        return next((line[1:] for line in listed.stdout.splitlines() if line.startswith("n")), "")
    return ""
