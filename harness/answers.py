"""Which answers are under test, and the boundary to them: plain values in and out, slips turned into clear errors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.catalogue import Lab, Task
from harness.errors import BrokenLab, CouldNotJudge, UsageError, Wrong
from harness.gallery import Mistake, mistakes, variants
from harness.table import Table

# A query of a learner's is a few kilobytes; what is larger was not written by hand.
MOST_BYTES = 1_000_000
_MOST_NAMES = 12
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class NotWritten(Wrong):
    """The file is as it was shipped: nothing but comments."""


class UnusableAnswer(Wrong):
    """The file is missing, or is no text."""


class Queryable(Protocol):
    """A database as a test hands it to an answer."""

    def query(self, sql: str) -> Table:
        """Run one reading statement and return its rows."""
        ...


@dataclass(frozen=True)
class AnswerSet:
    """The answers under test: `label` as the command line names it, and the folders a file is looked for in."""

    label: str
    folders: tuple[Path, ...]

    def path(self, task: Task) -> Path:
        """Return the file that answers `task`: the first there is, or where the first would be."""
        paths = [folder / task.file for folder in self.folders]
        return next((path for path in paths if path.exists()), paths[0])


@dataclass(frozen=True)
class Source:
    """The text of one answer."""

    task: Task
    path: Path
    text: str


@dataclass(frozen=True)
class Origin:
    """Where a wrong answer came to light; what isn't known is None."""

    source: Source
    database: Queryable | None = None
    table: Table | None = None


@dataclass(frozen=True)
class QueryResult:
    """What an answer gave: its rows, and where they came from."""

    table: Table
    source: Source
    database: Queryable

    @property
    def origin(self) -> Origin:
        """What a failure about these rows needs to know."""
        return Origin(self.source, self.database, self.table)


class Answers:
    """The answers to one lab. `answers.running_total(database)` runs that task's query there."""

    def __init__(self, lab: Lab, chosen: AnswerSet) -> None:
        self.lab, self.chosen = lab, chosen

    def source(self, name: str) -> Source:
        """Return the text that answers the task called `name`. Raises NotWritten or UnusableAnswer."""
        task = self._task(name)
        path = self.chosen.path(task)
        text = _read(path, self.lab)
        if not _COMMENTS.sub("", text).strip(" \t\r\n;"):
            raise NotWritten(f"not written yet: {_short(path)}", "" if text.strip() else "the file is empty")
        return Source(task, path, text)

    def __getattr__(self, name: str) -> Callable[[Queryable], QueryResult]:
        """Return the answer to the task called `name`, to be called with a database."""
        if name.startswith("_"):
            raise AttributeError(name)
        self._task(name)

        def run(database: Queryable) -> QueryResult:
            source = self.source(name)
            try:
                return QueryResult(database.query(source.text), source, database)
            except Wrong as wrong:
                wrong.origin = Origin(source, database)
                raise

        return run

    def _task(self, name: str) -> Task:
        for task in self.lab.tasks:
            if task.name == name:
                return task
        raise BrokenLab(f'{self.lab.slug}: lab.toml has no task called "{name}"')


def _read(path: Path, lab: Lab) -> str:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UnusableAnswer(f"{path.name} is not a plain file", "Put a plain text file there.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnusableAnswer(f"{_short(path)} is missing or was renamed", _how_to_restore(path, lab)) from None
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


def _how_to_restore(path: Path, lab: Lab) -> str:
    """Return what to do about a missing file; nothing that could overwrite what the learner has written."""
    advice = f"Name it {path.name} again"
    if path.parent == lab.exercise:
        advice += f", or get the shipped one back: git checkout -- {path.relative_to(lab.root)}"
    beside = sorted(other.name for other in path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
    return f"{advice}." + (f" The folder holds: {', '.join(beside[:_MOST_NAMES])}." if beside else "")


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def choose(lab: Lab, wanted: str, here: Path) -> AnswerSet:
    """Return the answers that `--answers wanted` means for `lab`; a relative path counts from `here`.

    `wanted` is `exercise`, `solutions`, `mistake NAME`, `variant NAME` (or with a colon), a bare name of either, or a
    folder. Raises UsageError where it is none of these, with the names there are.
    """
    if wanted == "exercise":
        return AnswerSet("exercise", (lab.exercise,))
    if wanted == "solutions":
        return AnswerSet("solutions", (lab.solutions,))
    kind, _, name = wanted.replace(":", " ", 1).partition(" ")
    galleries = {
        "mistake": {mistake.name: mistake.folder for mistake in mistakes(lab)},
        "variant": {variant.name: variant.folder for variant in variants(lab)},
    }
    if kind in galleries:
        return _from_gallery(lab, kind, name.strip(), galleries[kind])
    folder = (here / Path(wanted).expanduser()).resolve()
    if wanted and folder.is_dir():
        own = folder / lab.slug if (folder / lab.slug).is_dir() else folder
        if not any((own / task.file).exists() for task in lab.tasks):
            raise UsageError(
                f"{own} holds no answer to {lab.slug}", f"Answers are called {', '.join(t.file for t in lab.tasks)}."
            )
        return AnswerSet(wanted, (own,))
    for kind, gallery in galleries.items():
        if wanted in gallery:
            return _from_gallery(lab, kind, wanted, gallery)
    names = ["exercise", "solutions", *(name for gallery in galleries.values() for name in gallery)]
    raise UsageError(
        f'--answers "{wanted}" is no folder, and {lab.slug} has no mistake or variant of that name',
        _did_you_mean(wanted, names),
    )


def _did_you_mean(wanted: str, names: list[str]) -> str:
    """Return the names that look like the one that was given; where none does, all there are."""
    if near := difflib.get_close_matches(wanted, names):
        return f"Did you mean {' or '.join(near)}?"
    return f"There are: {', '.join(names)}; or name a folder."


def _from_gallery(lab: Lab, kind: str, name: str, gallery: dict[str, Path]) -> AnswerSet:
    if name not in gallery:
        raise UsageError(f'{lab.slug} has no {kind} called "{name}"', _did_you_mean(name, [*gallery]))
    return AnswerSet(f"{kind}:{name}", (gallery[name], lab.solutions))


def recognise(wrong: Wrong, gallery: Iterable[Mistake]) -> list[Mistake]:
    """Return the known mistakes that show exactly what this answer showed, on the same data.

    Each is run where the answer ran: the same rows under the same names, or the same words of the server.
    """
    origin = wrong.origin
    if not isinstance(origin, Origin) or origin.database is None:
        return []
    return [
        mistake
        for mistake in gallery
        if mistake.task == origin.source.task and _shows_the_same(wrong, origin, origin.database, mistake)
    ]


def _shows_the_same(wrong: Wrong, origin: Origin, database: Queryable, mistake: Mistake) -> bool:
    try:
        table = database.query(mistake.file.read_text(encoding="utf-8"))
    except Wrong as other:
        # Some refusals are everybody's first slip; those carry no hint beyond the server's own words.
        return origin.table is None and type(other) is type(wrong) and other.message == wrong.message
    except CouldNotJudge:
        return False
    return origin.table is not None and (table.names, table.rows) == (origin.table.names, origin.table.rows)
