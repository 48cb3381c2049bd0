"""The catalogue: reads each lab's `lab.toml`, and says clearly what is wrong with one that can't be read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from harness.errors import BrokenLab, UsageError

BRANCHES = ("data", "architecture", "security", "infrastructure")
SERVICES = ("postgres", "redis", "rabbitmq", "kafka")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Task:
    """One thing to write: the file that holds it, one sentence that says what, and hints from faint to strong."""

    name: str
    file: str
    sentence: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Lab:
    """One lab, as its `lab.toml` describes it. `folder` is its place under `labs/`."""

    folder: Path
    id: str
    title: str
    branch: str
    services: tuple[str, ...]
    minutes: int
    tasks: tuple[Task, ...]

    @property
    def slug(self) -> str:
        """The folder's name, `01_window_functions`: how a lab is called on the command line."""
        return self.folder.name

    @property
    def root(self) -> Path:
        """The checkout that the lab stands in."""
        return self.folder.parent.parent

    @property
    def exercise(self) -> Path:
        """The only files that the learner edits."""
        return self.folder / "exercise"

    @property
    def solutions(self) -> Path:
        """The reference, with the variants and the mistakes below it."""
        return self.root / "solutions" / self.slug

    @property
    def schema(self) -> Path:
        """The tables that the lab works on."""
        return self.folder / "schema.sql"

    def task_of_test(self, test: str) -> Task:
        """Return the task that a test function is about: `test_running_total_of_ties` is about `running_total`.

        Raises BrokenLab where the name begins with no task's name.
        """
        named = [task for task in self.tasks if f"{test}_".startswith(f"test_{task.name}_")]
        if not named:
            raise BrokenLab(
                f"{self.slug}: the test {test} belongs to no task",
                "Begin its name with test_ and a task's name from lab.toml.",
            )
        return max(named, key=lambda task: len(task.name))


def project_root(start: Path | None = None) -> Path:
    """Return the checkout around `start` (default: the current folder), or the one this package was installed from.

    Raises UsageError where neither holds labs.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if any((folder / "labs").glob("*/lab.toml")):
            return folder
    raise UsageError("there are no labs here", "Run this inside the folder that you cloned.")


def lab_folders(root: Path) -> list[Path]:
    """Return the folders under `labs/` that hold a lab, in order."""
    return sorted(path.parent for path in (root / "labs").glob("*/lab.toml"))


def find_lab(root: Path, name: str) -> Lab:
    """Return the lab called `name`: its number (`01`, `1`), its folder's name or path, or its id.

    Raises UsageError where there is none, BrokenLab where its `lab.toml` can't be read.
    """
    wanted = Path(name).name or name
    for folder in lab_folders(root):
        number = folder.name.partition("_")[0]
        if wanted in (folder.name, number, number.lstrip("0")):
            return load_lab(folder)
    for folder in lab_folders(root):
        lab = load_lab(folder)
        if lab.id == wanted:
            return lab
    names = ", ".join(folder.name for folder in lab_folders(root))
    raise UsageError(f'there is no lab called "{name}"', f"There are: {names}.")


def load_lab(folder: Path) -> Lab:
    """Read `folder/lab.toml`. Raises BrokenLab with the file, the place and what was expected there."""
    path = folder / "lab.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BrokenLab(f"{path} is missing", "Restore it: git checkout -- labs") from None
    except UnicodeDecodeError as error:
        raise BrokenLab(f"{path} is not UTF-8: {error.reason} at byte {error.start}", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenLab(f"{path} is not TOML: {error}", "Mend that line, or: git checkout -- labs") from None
    reader = _Reader(path, content)
    tasks = tuple(_task(path, number, entry) for number, entry in enumerate(reader.tables("tasks"), start=1))
    lab = Lab(
        folder=folder,
        id=reader.value("id", str),
        title=reader.value("title", str),
        branch=reader.one_of("branch", BRANCHES),
        services=reader.some_of("services", SERVICES),
        minutes=reader.value("minutes", int),
        tasks=tasks,
    )
    reader.nothing_else()
    for what in ("name", "file"):
        values = [getattr(task, what) for task in tasks]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise reader.broken(f'two tasks share the {what} "{twice[0]}"')
    return lab


def _task(path: Path, number: int, entry: Mapping[str, object]) -> Task:
    reader = _Reader(path, entry, where=f"task {number}: ")
    task = Task(
        name=reader.value("name", str),
        file=reader.value("file", str),
        sentence=reader.value("sentence", str),
        hints=reader.texts("hints"),
    )
    reader.nothing_else()
    if not task.name.isidentifier():
        raise reader.broken(f'"{task.name}" is no name that a test function can carry: use letters, digits and _')
    if Path(task.file).name != task.file:
        raise reader.broken(f'file must be a plain name in exercise/, not "{task.file}"')
    return task


class _Reader:
    """Takes values out of a parsed TOML table, each with a clear error, and knows which were never asked for."""

    def __init__(self, path: Path, content: Mapping[str, object], where: str = "") -> None:
        self.path, self.content, self.where = path, content, where
        self.asked: set[str] = set()

    def broken(self, problem: str) -> BrokenLab:
        return BrokenLab(f"{self.path}: {self.where}{problem}", 'CONTRIBUTING.md, "lab.toml", shows a whole one.')

    def value(self, key: str, kind: type[_T]) -> _T:
        self.asked.add(key)
        if key not in self.content:
            raise self.broken(f'"{key}" is missing')
        value = self.content[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.broken(f'"{key}" must be {_KINDS[kind]}, not {value!r}')
        if not value:
            raise self.broken(f'"{key}" is empty')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.value(key, list)
        if not all(isinstance(value, str) and value for value in values):
            raise self.broken(f'"{key}" must be a list of texts')
        return tuple(values)

    def tables(self, key: str) -> list[Mapping[str, object]]:
        values = self.value(key, list)
        if not all(isinstance(value, dict) for value in values):
            raise self.broken(f"write each of {key} as [[{key}]]")
        return values

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        value = self.value(key, str)
        if value not in known:
            raise self.broken(f'"{key}" must be one of {", ".join(known)}, not "{value}"')
        return value

    def some_of(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        values = self.texts(key)
        for value in values:
            if value not in known:
                raise self.broken(f'"{key}" knows {", ".join(known)}, not "{value}"')
        return values

    def nothing_else(self) -> None:
        if extra := sorted(set(self.content) - self.asked):
            raise self.broken(f'"{extra[0]}" is not a key this file knows')


_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", list: "a list"}
