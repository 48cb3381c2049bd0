"""Who has made something on a shared server, and whether they live: their mark is in its name, and they hold a lock.

The kernel gives the lock back when the process ends, however it ends; so the next run knows what to sweep up.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.services.leases import FileLock

_PREFIX = "labs-"
_DOOR = "door"  # the lock under which makers come and the ended ones are swept up


class Maker:
    """A process that makes names on one server; all of that server's makers have their locks in one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._mark = secrets.token_hex(6)
        self._lock = FileLock(folder / self._mark)
        with FileLock(folder / _DOOR):
            self._lock.take()

    def new_name(self) -> str:
        """Return a name that nobody else has or will have: `labs-MAKER-NUMBER`."""
        return f"{_PREFIX}{self._mark}-{secrets.token_hex(6)}"

    @contextlib.contextmanager
    def abandoned(self, names: Iterable[str]) -> Iterator[list[str]]:
        """Give those of the names whose makers have ended; inside the block nobody else is given them.

        Where the block ends well, nothing is remembered of these makers.
        """
        with FileLock(self._folder / _DOOR):
            ended = [name for name in names if name.startswith(_PREFIX) and self._has_ended(_mark_of(name))]
            yield ended
            for path in self._folder.iterdir():
                if path.name != _DOOR and self._has_ended(path.name):
                    path.unlink()

    def end(self) -> None:
        """Give the lock back; what is still there under this maker's names is anybody's to remove."""
        with FileLock(self._folder / _DOOR):
            self._lock.path.unlink(missing_ok=True)
            self._lock.release()

    def _has_ended(self, mark: str) -> bool:
        if mark == self._mark:
            return False
        if not (self._folder / mark).exists():
            return True
        lock = FileLock(self._folder / mark)
        free = lock.take(seconds=0)
        lock.release()
        return free


def _mark_of(name: str) -> str:
    return name.removeprefix(_PREFIX).partition("-")[0]
