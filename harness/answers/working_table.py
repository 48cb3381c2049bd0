"""Running a learner's recursion one level at a time, to see what its working table held."""

from __future__ import annotations

from collections.abc import Iterator

from harness.answers.sources import Origin, Queryable, Source
from harness.errors import LabsError
from harness.judging.recursion_text import RecursionText, as_text, recursions
from harness.judging.working_table import WorkingRow, WorkingTable
from harness.table import Column, Table

# Enough for a circle to close on any data that a person reads.
_MOST_LEVELS = 400
_MOST_ROWS = 1_500
_LEVELS_TO_COMPARE = 60


def working_tables(sql: str, database: Queryable, *, most_levels: int = _MOST_LEVELS) -> Iterator[WorkingTable]:
    """Yield the working table of each recursion in a statement, in order, but for forms that can't be rewritten.

    One that goes on for more than `most_levels` levels, or for too many rows, is given as far as it was followed; one
    that has too many on its first level is not: where nothing was followed, there is nothing to tell.
    Each is run when it is asked for: what reads from a recursion without an end would have none either.
    """
    for recursion in recursions(sql):
        try:
            table = _by_its_path(recursion, database) if recursion.path else _by_level(recursion, database, most_levels)
        except LabsError:
            continue  # the server refuses the rewritten form, or is lost: there is no picture then
        if table is not None:
            yield table


class EndlessTrial:
    """A recursion that doesn't end, for known mistakes to be tried on: not run, only followed for some levels."""

    def __init__(self, table: WorkingTable, database: Queryable) -> None:
        self.table = table
        self._database = database
        self._known: dict[str, bool] = {}

    def shows_the_same(self, source: Source) -> bool:
        """Return whether a recursion of this answer doesn't end either, and finds as many rows on each level."""
        if source.text not in self._known:  # asked again by each test of a task that was stopped once
            table = _first_endless(source.text, self._database, _LEVELS_TO_COMPARE)
            self._known[source.text] = table is not None and _course(table) == _course(self.table)
        return self._known[source.text]


def endless(origin: Origin) -> WorkingTable | None:
    """Return the working table of the recursion that keeps an answer from ending; None where there is none."""
    return _first_endless(origin.source.text, origin.database, _MOST_LEVELS) if origin.database is not None else None


def _first_endless(sql: str, database: Queryable, most_levels: int) -> WorkingTable | None:
    return next((table for table in working_tables(sql, database, most_levels=most_levels) if not table.ended), None)


def _course(table: WorkingTable) -> tuple[bool, list[int]]:
    return table.distinct, [len(level) for level in table.levels[:_LEVELS_TO_COMPARE]]


def _by_level(recursion: RecursionText, database: Queryable, most_levels: int) -> WorkingTable | None:
    columns = database.query(f"{recursion.first_level()} LIMIT 0").columns
    if not _can_be_written(columns):
        return None
    what = f"0, {recursion.name}.*, {as_text(columns, recursion.name)}"
    first = database.query(f"{recursion.first_level(what)} ORDER BY {_places(columns)} LIMIT {_MOST_ROWS}")
    if len(first.rows) == _MOST_ROWS:
        return None
    seen: set[tuple[object, ...]] = set()
    level, written = _level(first, len(columns), seen if recursion.distinct else None, first=True)
    levels = [level] if level else []
    left_out = [0]
    while level and len(levels) < most_levels and sum(map(len, levels)) < _MOST_ROWS:
        found = database.query(recursion.next_level(columns, written))
        level, written = _level(found, len(columns), seen if recursion.distinct else None)
        left_out.append(len(found.rows) - len(level))
        if level:
            levels.append(level)
    return WorkingTable(
        recursion.name.strip('"'),
        tuple(column.name for column in columns),
        tuple(levels),
        ended=not level,
        distinct=recursion.distinct,
        left_out=tuple(left_out),
    )


def _level(
    found: Table, width: int, seen: set[tuple[object, ...]] | None, *, first: bool = False
) -> tuple[tuple[WorkingRow, ...], list[tuple[str | None, ...]]]:
    """Return the rows of a level and how PostgreSQL writes their values; with `seen`, only rows not found before."""
    rows, texts = [], []
    for origin, *values in found.rows:
        written = tuple(None if text is None else str(text) for text in values[width:])
        if seen is not None:
            if written in seen:
                continue
            seen.add(written)
        rows.append(WorkingRow(tuple(values[:width]), None if first else int(str(origin))))
        texts.append(written)
    return tuple(rows), texts


def _by_its_path(recursion: RecursionText, database: Queryable) -> WorkingTable | None:
    """Return the working table of a recursion with a CYCLE clause: each row's past tells its level."""
    whole = f"{recursion.before} {recursion.body} SELECT * FROM {recursion.name}"
    hidden = {recursion.path, recursion.order}
    columns = tuple(column for column in database.query(f"{whole} LIMIT 0").columns if column.name not in hidden)
    found = database.query(recursion.all_levels(columns, _MOST_ROWS))
    levels = list(_levels_by_path(found))
    ended = len(found.rows) < _MOST_ROWS
    if not ended:
        levels.pop()  # not all of it is there
        if not levels:
            return None
    return WorkingTable(
        recursion.name.strip('"'),
        tuple(column.name for column in columns),
        tuple(levels),
        ended=ended,
        distinct=recursion.distinct,
    )


def _levels_by_path(found: Table) -> Iterator[tuple[WorkingRow, ...]]:
    numbers: dict[object, int] = {}
    depth = 0
    while rows := [row for row in found.rows if row[0] == depth]:
        yield tuple(WorkingRow(tuple(values), numbers.get(parent)) for _, _, parent, *values in rows)
        numbers = {}
        for number, (_, path, *_rest) in enumerate(rows):
            numbers.setdefault(path, number)
        depth += 1


def _can_be_written(columns: tuple[Column, ...]) -> bool:
    """Whether the values of these columns can go back into a statement: rows without a named type can't."""
    return not any("record" in column.type or column.type == "unknown" for column in columns)


def _places(columns: tuple[Column, ...]) -> str:
    return ", ".join(str(place) for place in range(2, len(columns) + 2))
