"""What keeps a server that a run holds from serving: it is gone, or its disk is full."""

from __future__ import annotations

import os
from pathlib import Path

from harness.errors import NoRoom, ServiceUnavailable
from harness.services.warm import State

_LEAST_ROOM = 1024 * 1024  # bytes; with less, a server can't write even what it has to write about that


def lost(title: str) -> ServiceUnavailable:
    """Return the verdict where a server was there and does not answer any more."""
    return ServiceUnavailable(f"the {title} server was lost during the run", "run it again: a new one will be started")


def full(title: str) -> NoRoom:
    """Return the verdict where a server finds no room for what it is to keep."""
    return NoRoom(f"the folder for {title}'s data ran full", "labs down, or set LABS_DATA to a folder with more room")


def disk_is_full(state: State) -> bool:
    """Whether the disk with an embedded server's data has no room left. A container's own disk can't be looked at."""
    if not state.data:
        return False
    try:
        figures = os.statvfs(Path(state.data).parent)
    except OSError:
        return False
    return figures.f_bavail * figures.f_frsize < _LEAST_ROOM
