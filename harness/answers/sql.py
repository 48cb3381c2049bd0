"""Answers in SQL: one statement, run on the database that a test hands over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.answers.sources import Origin, Queryable, Source
from harness.errors import Wrong
from harness.table import Table

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


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

    def __call__(self, database: Queryable) -> QueryResult:
        """Run it. Raises NotWritten, and Wrong where the server refuses it."""
        source = self._read()
        try:
            return QueryResult(database.query(source.text), source, database)
        except Wrong as wrong:
            wrong.origin = Origin(source, database)
            raise
