"""Rows against rows: the same ones, and in the same order; else which rows and cells differ."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from harness.errors import BrokenLab, Wrong
from harness.judging.columns import compare_columns
from harness.judging.order import WrongOrder
from harness.judging.values import canonical_row
from harness.table import Table

Row = tuple[object, ...]

# SequenceMatcher takes quadratic time: beyond this many rows, they are paired by their place.
_MOST_ROWS_TO_ALIGN = 1_000


@dataclass(frozen=True)
class Pair:
    """One row of each table (by index), or of one where the other has none; `cells` are the columns that differ."""

    expected: int | None
    observed: int | None
    cells: tuple[int, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both rows are there and all of their cells are equal."""
        return self.expected is not None and self.observed is not None and not self.cells


@dataclass(frozen=True)
class RowsDifference:
    """All rows of two tables, aligned, in reading order: agreeing pairs, differing ones, missing and surplus rows."""

    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> int:
        """How many rows are in both tables with other cells."""
        return sum(bool(pair.cells) for pair in self.pairs)

    @property
    def missing(self) -> int:
        """How many expected rows were not observed."""
        return sum(pair.observed is None for pair in self.pairs)

    @property
    def surplus(self) -> int:
        """How many observed rows were not expected."""
        return sum(pair.expected is None for pair in self.pairs)


class WrongRows(Wrong):
    """The columns are right, the rows are not: their number, or some of their cells."""

    def __init__(self, expected: Table, observed: Table, difference: RowsDifference, *, ask: str) -> None:
        super().__init__("The rows are not the ones expected.", ask=ask)
        self.expected = expected
        self.observed = observed
        self.difference = difference


_ABOUT_COLUMNS = "What does the top of your file ask for, name by name and type by type?"
_ABOUT_ORDER = "Which ORDER BY sorts the result itself, and what decides between rows that it finds equal?"


def compare(expected: Table, observed: Table, *, ask: str, ask_of_order: str = "") -> None:
    """Raise WrongColumns, WrongRows or WrongOrder, the first that applies; return where the tables are the same.

    `ask` is the question for whoever got the rows wrong, `ask_of_order` the one for whoever has them in another order
    ("": the one that holds for any task); about columns there is only one to ask. The order of rows always counts: an
    expected table has one. Raises BrokenLab where the expected table's key names no column of it.
    """
    compare_columns(expected.columns, observed.columns, ask=_ABOUT_COLUMNS)
    unknown = [name for name in expected.key if name not in expected.names]
    if unknown:
        raise BrokenLab(f"The expected table has no column {unknown[0]}, which its key names.")
    wanted, seen = list(map(canonical_row, expected.rows)), list(map(canonical_row, observed.rows))
    if wanted == seen:
        return
    if Counter(wanted) == Counter(seen):
        first = next(index for index, row in enumerate(wanted) if row != seen[index])
        raise WrongOrder(expected, observed, first, ask=ask_of_order or _ABOUT_ORDER)
    if expected.key:
        places = [expected.names.index(name) for name in expected.key]
        partners = _align_by_key(wanted, seen, places)
    else:
        partners = _align_by_sequence(wanted, seen)
    raise WrongRows(expected, observed, RowsDifference(tuple(_in_reading_order(partners, wanted, seen))), ask=ask)


def _align_by_key(wanted: Sequence[Row], seen: Sequence[Row], places: Sequence[int]) -> list[int | None]:
    """Give each expected row its partner: the equal row of that key, else the first one that is still free."""
    free: dict[Hashable, list[int]] = defaultdict(list)
    for index, row in enumerate(seen):
        free[tuple(row[place] for place in places)].append(index)
    partners: list[int | None] = [None] * len(wanted)
    keys = [tuple(row[place] for place in places) for row in wanted]
    for index, key in enumerate(keys):
        equal = next((other for other in free[key] if seen[other] == wanted[index]), None)
        if equal is not None:
            free[key].remove(equal)
            partners[index] = equal
    for index, key in enumerate(keys):
        if partners[index] is None and free[key]:
            partners[index] = free[key].pop(0)
    return partners


def _align_by_sequence(wanted: Sequence[Row], seen: Sequence[Row]) -> list[int | None]:
    partners: list[int | None] = [None] * len(wanted)
    if max(len(wanted), len(seen)) > _MOST_ROWS_TO_ALIGN:
        return [index if index < len(seen) else None for index in range(len(wanted))]
    matcher = difflib.SequenceMatcher(None, wanted, seen, autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        for index, other in zip(range(start, end), range(other_start, other_end), strict=False):
            partners[index] = other
    return partners


def _in_reading_order(partners: Sequence[int | None], wanted: Sequence[Row], seen: Sequence[Row]) -> list[Pair]:
    """Order the pairs as the expected rows are, each surplus row behind the observed row that it followed."""
    surplus = set(range(len(seen))).difference(partners)
    behind: dict[int, list[Pair]] = defaultdict(list)
    last = -1
    for other in range(len(seen)):
        if other in surplus:
            behind[last].append(Pair(None, other))
        else:
            last = other
    pairs = list(behind[-1])
    for index, partner in enumerate(partners):
        if partner is None:
            pairs.append(Pair(index, None))
            continue
        here, there = wanted[index], seen[partner]
        pairs.append(Pair(index, partner, tuple(cell for cell in range(len(here)) if here[cell] != there[cell])))
        pairs += behind[partner]
    return pairs
