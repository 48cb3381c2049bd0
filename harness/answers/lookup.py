"""The answers to one lab, by the names of its tasks: what the fixture `answers` is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from harness.answers.choosing import AnswerSet
from harness.answers.chosen_transport import ChosenTransport
from harness.answers.sources import Source, not_written, read
from harness.answers.sql import SqlAnswer
from harness.answers.toml import TomlAnswer
from harness.catalogue import Lab, Task
from harness.errors import BrokenLab

Reader = Callable[[], Source]


class Answers:
    """The answers to one lab. `answers.running_total(database)` runs that task's query there.

    What an attribute can do depends on the suffix of the task's file: SqlAnswer, PythonAnswer, TomlAnswer.
    """

    def __init__(self, lab: Lab, chosen: AnswerSet, transport: ChosenTransport | None = None) -> None:
        self.lab, self.chosen = lab, chosen
        self._transport = transport or ChosenTransport()

    def source(self, name: str) -> Source:
        """Return the text that answers the task called `name`. Raises NotWritten or UnusableAnswer."""
        task = self._task(name)
        path = self.chosen.path(task)
        source = Source(task, path, read(path, self.lab))
        if not self._answer(task).is_written(source):
            raise not_written(path, source.text)
        return source

    def __getattr__(self, name: str) -> Any:
        """Return the answer to the task called `name`, to be called."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._answer(self._task(name))

    def _answer(self, task: Task) -> Any:
        suffix = PurePath(task.file).suffix
        if suffix not in KINDS:
            raise BrokenLab(f"{self.lab.slug}: {task.file} is no kind of answer", f"There are: {', '.join(KINDS)}.")
        return KINDS[suffix](lambda: self.source(task.name), self.lab, self._transport)

    def _task(self, name: str) -> Task:
        for task in self.lab.tasks:
            if task.name == name:
                return task
        raise BrokenLab(f'{self.lab.slug}: lab.toml has no task called "{name}"')


def _python(read_source: Reader, lab: Lab, transport: ChosenTransport) -> Any:
    # Late: what runs Python would cost a lab of SQL a tenth of its time.
    from harness.answers.python import PythonAnswer

    return PythonAnswer(read_source, lab, transport)


# By the suffix of a task's file.
KINDS: dict[str, Callable[[Reader, Lab, ChosenTransport], Any]] = {
    ".sql": lambda read_source, _lab, _transport: SqlAnswer(read_source),
    ".toml": lambda read_source, _lab, _transport: TomlAnswer(read_source),
    ".py": _python,
}
