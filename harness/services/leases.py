"""Locks between processes that a killed process gives back: `flock` on a file."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_POLL = 0.01


class FileLock:
    """A lock on a file, held by an open descriptor: alone (`shared=False`) or beside other shared holders.

    The kernel gives it back when the process ends, however it ends. Use it as a context manager, or keep the
    object for as long as the lock shall be held.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool = False, seconds: float | None = None) -> bool:
        """Wait for the lock, for ever or for so many seconds (0: don't wait); whether it was had."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if seconds is None:
                fcntl.flock(descriptor, kind)
            elif not _poll(descriptor, kind, seconds):
                os.close(descriptor)
                return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def fileno(self) -> int:
        """The descriptor of a held lock: a child process that is given it shares the lock until both have ended."""
        assert self._descriptor is not None
        return self._descriptor

    def release(self) -> None:
        """Give the lock back; nothing happens where it isn't held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        """Wait for the lock, alone."""
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        self.release()


def is_held(path: Path) -> bool:
    """Whether any process holds the lock, shared or alone. No file is made where there is none."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _poll(descriptor, fcntl.LOCK_EX, 0)
    finally:
        os.close(descriptor)


def _poll(descriptor: int, kind: int, seconds: float) -> bool:
    """The kernel offers no deadline."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True
