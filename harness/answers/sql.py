"""Answers in SQL: one statement, run on the database that a test hands over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.answers.sources import Origin, Queryable, Source
from harness.errors import Wrong
from harness.table import Table

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

# A right answer takes milliseconds on the data of a lab, and a learner waits for a wrong one.
_SECONDS = 5.0


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


class SqlAnswer:
    """A query. Called with a database, it runs there."""

    def __init__(self, read: Callable[[], Source]) -> None:
        self._read = read

    @staticmethod
    def is_written(source: Source) -> bool:
        """Return whether there is more than comments."""
        return bool(_COMMENTS.sub("", source.text).strip(" \t\r\n;"))

    def __call__(self, database: Queryable, *, seconds: float = _SECONDS) -> QueryResult:
        """Run it, for at most so many seconds. Raises NotWritten, and Wrong where the server refuses or stops it."""
        source = self._read()
        try:
            return QueryResult(database.query(source.text, seconds=seconds), source, database)
        except Wrong as wrong:
            wrong.origin = Origin(source, database)
            raise
