"""Disks that are small enough to be full: of memory, mounted for one test, which only root may do."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")

_BALLAST = "ballast"
_PATIENCE = 60.0  # seconds


@contextlib.contextmanager
def mounting() -> Iterator[Callable[[int], Path]]:
    """Give a function that mounts a disk of so many megabytes; all are gone in the end."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        place = Path(tempfile.mkdtemp(prefix="labs-tests-disk-"))
        mounted.append(place)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "labs-tests", place],
            check=True,
            timeout=_PATIENCE,
        )
        return place

    try:
        yield mount
    finally:
        for place in mounted:
            _unmount(place)
            place.rmdir()


def _unmount(place: Path) -> None:
    """Unmount a disk, as soon as nobody uses it: the kernel may still be taking away what a dead server had open."""
    deadline = time.monotonic() + _PATIENCE
    while subprocess.run(["umount", place], check=False, capture_output=True, timeout=_PATIENCE).returncode:
        assert time.monotonic() < deadline, f"{place} is in use"
        time.sleep(0.05)


def fill(place: Path, *, leave: int = 0) -> None:
    """Take all room on the disk but so many bytes, also from servers that write and remove files meanwhile.

    A piece is had whole or not at all. Where a server was faster the next one is half as big, down to a page; so in the
    end nothing fits, whatever room there was when this began.
    """
    with (place / _BALLAST).open("ab") as ballast:
        size = room_on(place)
        while size >= mmap.PAGESIZE:
            size = min(size, room_on(place) - leave)
            if size <= 0:
                return
            try:
                os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2


def room_on(place: Path) -> int:
    """How many bytes are free there."""
    figures = os.statvfs(place)
    return figures.f_bavail * figures.f_frsize


def empty(place: Path) -> None:
    """Give the room back."""
    (place / _BALLAST).unlink()
