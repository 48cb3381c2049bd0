"""Writing a large file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from harness.errors import NoRoom, UsageError


@contextlib.contextmanager
def draft_of(path: Path, *, replace: bool) -> Iterator[IO[bytes]]:
    """A file beside the path that takes its place when the block ends well, and is removed when it doesn't.

    Its name is always the same, so that a killed run leaves at most one, which the next run takes over.
    """
    draft = path.with_name(f"{path.name}.partial")
    try:
        # In a folder that others may write to, nobody's link leads us to another file.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.fdopen(os.open(draft, flags, 0o666), "r+b")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"another process is writing {path} right now") from None
            # Whoever had the lock before may have given this very file its final name.
            if not draft.exists() or not os.path.samestat(os.fstat(file.fileno()), draft.stat()):
                raise UsageError(f"another process has just written {path}")
            try:
                file.truncate()
                yield file
                file.flush()
                os.fsync(file.fileno())
                require_free(path, replace=replace)
                draft.replace(path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise NoRoom(f"{path} can't be written: {error.strerror}", "take a folder on another disk") from error
        if error.errno is None or error.filename is None:
            raise  # the engine's: what requests raises is an OSError, too
        raise UsageError(f"{path} can't be written: {error.strerror}") from error


def require_free(path: Path, *, replace: bool) -> None:
    """Raise UsageError where the path is a folder, or is taken and not to be replaced."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file to be written")
    if not replace and os.path.lexists(path):
        raise UsageError(f"{path} is there already", "--force replaces it")
