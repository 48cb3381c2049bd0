"""Plain values that cross the boundary between tests, answers and services: a table of rows with typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name and the name of its SQL type as Postgres abbreviates it (`timestamptz`, `integer`)."""

    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """Rows in order, under typed columns. `key` names the columns that tell one row from another, if any do."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    key: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: str, rows: Iterable[Sequence[object]], *, key: str = "") -> Table:
        """Make a table from a column list as in CREATE TABLE: `Table.of("day date, total numeric", rows, key="day")`.

        `key` lists column names, separated by commas. Raises ValueError where a row's length is not the header's.
        """
        header = tuple(Column(*column.split(maxsplit=1)) for column in columns.split(","))
        body = tuple(tuple(row) for row in rows)
        for row in body:
            if len(row) != len(header):
                raise ValueError(f"a row of {len(row)} values under {len(header)} columns: {row!r}")
        return cls(header, body, tuple(name.strip() for name in key.split(",") if name.strip()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)
