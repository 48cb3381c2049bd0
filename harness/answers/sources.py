"""The text of an answer: read once, and whatever is wrong with the file said clearly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.catalogue import Lab, Task
from harness.errors import CouldNotJudge, Wrong
from harness.table import Table

# An answer is a few kilobytes; what is larger was not written by hand.
MOST_BYTES = 1_000_000
_MOST_NAMES = 12


class NotWritten(Wrong):
    """The file is as it was shipped."""


class UnusableAnswer(Wrong):
    """The file is missing, or is no text."""


class Queryable(Protocol):
    """A database as a test hands it to an answer in SQL."""

    def query(self, sql: str, *, seconds: float = ...) -> Table:
        """Run one reading statement, stopped after so many seconds, and return its rows."""
        ...


@dataclass(frozen=True)
class Source:
    """The text of one answer."""

    task: Task
    path: Path
    text: str


class Trial(Protocol):
    """What an answer has failed, for others to be tried on."""

    def shows_the_same(self, source: Source) -> bool:
        """Return whether this answer fails it in just the same way."""
        ...


@dataclass(frozen=True)
class Mark:
    """A place in an answer: the number and the text of its line, and in it `length` characters from 0-based `start`."""

    line: int
    text: str
    start: int
    length: int


@dataclass(frozen=True)
class Origin:
    """Where a wrong answer came to light; what isn't known is None. `mark` is set where one place in it is wrong."""

    source: Source
    database: Queryable | None = None
    table: Table | None = None
    trial: Trial | None = None
    mark: Mark | None = None


def read(path: Path, lab: Lab) -> str:
    """Return what a file holds. Raises UnusableAnswer; CouldNotJudge where this machine won't let us read it."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UnusableAnswer(f"{path.name} is not a plain file", "Put a plain text file there.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnusableAnswer(f"{short(path)} is missing or was renamed", _how_to_restore(path, lab)) from None
    except OSError as error:
        raise CouldNotJudge(f"{path} can't be read: {error.strerror}", "Check its permissions.") from None
    if len(content) > MOST_BYTES:
        raise UnusableAnswer(f"{path.name} is larger than {MOST_BYTES:,} bytes", "An answer is a page at most.")
    try:
        # Editors on Windows like to begin a file with a byte order mark; it means nothing.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnusableAnswer(
            f"{path.name} is not UTF-8: line {line} holds the byte 0x{content[error.start]:02x}",
            "Save the file as UTF-8 in your editor.",
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UnusableAnswer(f"{path.name} is no text: line {line} holds a NUL byte", "Save it as UTF-8 text.")
    return text


def not_written(path: Path, text: str) -> NotWritten:
    """Return the verdict on a file that is as it was shipped."""
    return NotWritten(f"not written yet: {short(path)}", "" if text.strip() else "the file is empty")


def short(path: Path) -> str:
    """Return a file's name with that of its folder."""
    return f"{path.parent.name}/{path.name}"


def _how_to_restore(path: Path, lab: Lab) -> str:
    """Return what to do about a missing file; nothing that could overwrite what the learner has written."""
    advice = f"Name it {path.name} again"
    if path.parent == lab.exercise:
        advice += f", or get the shipped one back: git checkout -- {path.relative_to(lab.root)}"
    beside = sorted(other.name for other in path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
    return f"{advice}." + (f" The folder holds: {', '.join(beside[:_MOST_NAMES])}." if beside else "")
