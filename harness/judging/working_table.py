"""The working table of a recursion, level by level, and the circle in which it runs if it never ends. Pure values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class WorkingRow:
    """One row of a level, and the number (from 0) of the row that it came of in the level before; None in the first."""

    values: tuple[object, ...]
    origin: int | None = None


@dataclass(frozen=True)
class Circle:
    """Rows of levels one after the other, each come of the one before: the last one is where the first one was.

    `first` is the level of the first row, `columns` are the places of the columns in which the two agree.
    """

    first: int
    rows: tuple[WorkingRow, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class WorkingTable:
    """The rows that a recursion called `name` has found, by level.

    `ended` tells that no row came of the last level; otherwise nobody has looked further, and `goes_on` tells that the
    statement has come to its end all the same, so that this is no sign of anything. `distinct` tells that rows which
    had been found before were left out (UNION): `left_out` counts them by level, where that is known.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[tuple[WorkingRow, ...], ...]
    ended: bool
    distinct: bool
    left_out: tuple[int, ...] = ()
    goes_on: bool = False

    @property
    def size(self) -> int:
        """The number of rows on all levels."""
        return sum(map(len, self.levels))

    @cached_property
    def counting(self) -> tuple[int, ...]:
        """The places of columns that only ever grow on the way down, as a depth, a sum or a path does."""
        steps = list(self._steps())
        if not steps:
            return ()
        return tuple(
            at
            for at in range(len(self.columns))
            if all(_not_less(before.values[at], after.values[at]) for before, after in steps)
            and any(before.values[at] != after.values[at] for before, after in steps)
        )

    @cached_property
    def circle(self) -> Circle | None:
        """The first circle that a recursion has run in, of those the shortest; None where it ends, or in no circle.

        Two rows are at the same place if they agree in all columns but those that only ever grow. Where no other column
        changes from any row to the next, there is no place to come back to: the recursion only counts. Columns that
        never change are no part of a place.
        """
        if self.ended or self.goes_on or self.only_counts:
            return None
        steps = list(self._steps())
        places = tuple(
            at
            for at in range(len(self.columns))
            if at not in self.counting and any(before.values[at] != after.values[at] for before, after in steps)
        ) or tuple(range(len(self.columns)))
        for level, rows in enumerate(self.levels):
            found = [way for number in range(len(rows)) if (way := self._way_back(level, number, places))]
            if found:
                way = min(found, key=len)
                return Circle(level + 1 - len(way), tuple(way), places)
        return None

    @cached_property
    def only_counts(self) -> bool:
        """Whether nothing but columns that only ever grow changes from a row to the next, on two levels or more."""
        steps = [*self._steps()]
        places = [at for at in range(len(self.columns)) if at not in self.counting]
        return (
            bool(steps)
            and bool(self.counting)
            and all(before.values[at] == after.values[at] for before, after in steps for at in places)
        )

    def _steps(self) -> Iterator[tuple[WorkingRow, WorkingRow]]:
        for above, level in zip(self.levels, self.levels[1:], strict=False):
            for row in level:
                if row.origin is not None:
                    yield above[row.origin], row

    def _way_back(self, level: int, number: int, places: Sequence[int]) -> list[WorkingRow]:
        """Return the rows from the last one at the same place down to this one; none where it's new."""
        row = self.levels[level][number]
        here = [row.values[at] for at in places]
        way = [row]
        while row.origin is not None:
            level -= 1
            row = self.levels[level][row.origin]
            way.insert(0, row)
            if [row.values[at] for at in places] == here:
                return way
        return []


def _not_less(before: object, after: object) -> bool:
    """Whether a value goes on from another: a number that is no less, a text or a list that begins with the other."""
    match before, after:
        case bool(), bool():
            return before == after
        case (int() | float() | Decimal(), int() | float() | Decimal()):
            return after >= before
        case (date(), date()) | (timedelta(), timedelta()):
            return bool(after >= before)  # type: ignore[operator]  # both are of one kind
        case str(), str():
            return after.startswith(before)
        case list(), list():
            return after[: len(before)] == before
        case _:
            return before == after
