"""Expected and observed rows together: side by side where that fits, else one under the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.judging import Pair
from harness.judging.values import canonical_row
from harness.report.grid import Cell, Heading, Line, beside, lines_of, widths_of
from harness.report.values import cut, escape, show, width_of
from harness.table import Column, Table

_MOST_PAIRS = 6
_CELL = 40
_NAME = 30
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_GAP = "⋮"


@dataclass(frozen=True)
class Shown:
    """The part of a difference that is shown: pairs of rows with None for a gap, under the columns (by index)."""

    expected: Table
    observed: Table
    pairs: tuple[Pair | None, ...]
    columns: tuple[int, ...]
    left_out: tuple[int, ...] = ()


def show_pairs(expected: Table, observed: Table, pairs: Sequence[Pair], width: int) -> list[str]:
    """Return the first few pairs that differ, each with the agreeing row before it, in lines of at most `width`."""
    return _lay_out(expected, observed, tuple(_first_few(pairs)), width)


def show_order(expected: Table, observed: Table, first: int, width: int) -> list[str]:
    """Return the rows round the first one out of place (by index), with their numbers, in lines of at most `width`."""
    places = range(max(0, first - 1), min(len(expected.rows), first + _MOST_PAIRS - 1))
    before, after = _numbered(expected), _numbered(observed)
    shown: list[Pair | None] = [None] if places[0] else []
    for place in places:
        wanted, seen = canonical_row(before.rows[place]), canonical_row(after.rows[place])
        shown.append(Pair(place, place, tuple(at for at, cell in enumerate(wanted) if cell != seen[at])))
    if places[-1] + 1 < len(expected.rows):
        shown.append(None)
    return _lay_out(before, after, tuple(shown), width)


def _numbered(table: Table) -> Table:
    rows = tuple((number, *row) for number, row in enumerate(table.rows, 1))
    return Table((Column("row", "bigint"), *table.columns), rows, ("row",))


def _lay_out(expected: Table, observed: Table, shown: tuple[Pair | None, ...], width: int) -> list[str]:
    every = tuple(range(len(expected.columns)))
    differing = {cell for pair in shown if pair for cell in pair.cells}
    differing |= {expected.names.index(name) for name in expected.key}
    few = tuple(sorted(differing)) or every
    rest = tuple(index for index in every if index not in few)
    whole, part = Shown(expected, observed, shown, every), Shown(expected, observed, shown, few, rest)
    for view, layout in ((whole, _side_by_side), (whole, _stacked), (part, _side_by_side), (part, _stacked)):
        lines = layout(view)
        if max(map(width_of, lines)) <= width:
            return lines
    return [cut(line, width) for line in _as_list(part)]


def show_table(table: Table, title: str, width: int) -> list[str]:
    """Return the first few rows of one table under a title."""
    rows = [[Cell(cut(show(value), _CELL)) for value in row] for row in table.rows[:_MOST_PAIRS]]
    headings = _headings(table, range(len(table.columns)))
    lines = [f" {title}", *lines_of(headings, rows, widths_of(headings, rows))]
    if len(table.rows) > len(rows):
        lines.append(f" {_GAP}")
    return [cut(f" {line}".rstrip(), width) for line in lines]


def _first_few(pairs: Sequence[Pair]) -> Iterator[Pair | None]:
    """Give the first differing pairs with the agreeing one before each, and None where pairs are left out."""
    wanted: list[int] = []
    for index in [index for index, pair in enumerate(pairs) if not pair.agrees][:_MOST_PAIRS]:
        if index and pairs[index - 1].agrees:
            wanted.append(index - 1)
        wanted.append(index)
    last = -1
    for index in wanted:
        if index > last + 1:
            yield None
        yield pairs[index]
        last = index
    if last + 1 < len(pairs):
        yield None


def _headings(table: Table, columns: Sequence[int]) -> list[Heading]:
    return [_heading(table.columns[index].name, table.columns[index].type) for index in columns]


def _heading(name: str, kind: str) -> Heading:
    zone = " (+00)" if kind == "timestamptz" else ""
    return Heading(cut(escape(name), _NAME) + zone, right=kind in _NUMBERS)


def _rows(view: Shown) -> tuple[list[Line], list[Line], list[str]]:
    """Return the lines of the expected and of the observed table, and the sign between them."""
    left: list[Line] = []
    right: list[Line] = []
    signs: list[str] = []
    for pair in view.pairs:
        if pair is None:
            left.append(_GAP)
            right.append("")
            signs.append("")
            continue
        wanted = view.expected.rows[pair.expected] if pair.expected is not None else None
        seen = view.observed.rows[pair.observed] if pair.observed is not None else None
        left.append("(not expected)" if wanted is None else [_cell(wanted, seen, pair, at) for at in view.columns])
        right.append(
            "(missing)"
            if seen is None
            else [Cell(_cell(seen, wanted, pair, at).text, marked=at in pair.cells) for at in view.columns]
        )
        signs.append("" if pair.agrees else "≠")
    return left, right, signs


def _cell(row: tuple[object, ...], other: tuple[object, ...] | None, pair: Pair, at: int) -> Cell:
    text = show(row[at])
    if other is not None and at not in pair.cells:
        # 10 and 10.0000 are one number: shown alike, they don't look like a difference.
        return Cell(cut(min(text, show(other[at]), key=len), _CELL))
    if other is not None:
        rival = show(other[at])
        if cut(text, _CELL) == cut(rival, _CELL):
            # Alike up to the cut: show the part where they part.
            same = next((place for place, (a, b) in enumerate(zip(text, rival, strict=False)) if a != b), len(rival))
            text = "…" + text[max(0, min(same, len(text)) - _CELL // 4) :]
    return Cell(cut(text, _CELL))


def _side_by_side(view: Shown) -> list[str]:
    left, right, signs = _rows(view)
    headings = _headings(view.expected, view.columns)
    widths = widths_of(headings, [*left, *right])
    expected = [" expected", *lines_of(headings, left, widths)]
    observed = [" observed", *lines_of(headings, right, widths)]
    return [f" {line}" for line in beside(expected, observed, ["", "", *signs])] + _left_out(view)


def _stacked(view: Shown) -> list[str]:
    left, right, signs = _rows(view)
    headings = _headings(view.expected, view.columns)
    labels, rows = [""], []
    for here, there, sign in zip(left, right, signs, strict=True):
        if not sign:
            labels.append("")
            rows.append(here)
        else:
            labels += [f"{sign} expected", "  observed"]
            rows += [here, there]
    body = lines_of(headings, rows, widths_of(headings, rows))
    room = max(map(len, labels))
    lines = [f"  {label:{room}} {line}".rstrip() for label, line in zip(labels, body, strict=True)]
    return lines + _left_out(view)


def _as_list(view: Shown) -> list[str]:
    """Return a few lines a row: the last resort, where not even the columns that differ fit side by side."""
    names = view.expected.names
    lines: list[str] = []
    for pair in view.pairs:
        if pair is None or pair.agrees:
            continue
        row = pair.expected if pair.expected is not None else pair.observed
        remark = "is missing" if pair.observed is None else "was not expected" if pair.expected is None else "differs"
        side = "of the expected rows" if pair.expected is not None else "of the observed rows"
        lines.append(f"  ≠ number {(row or 0) + 1} {side} {remark}")
        if pair.expected is None or pair.observed is None:
            continue
        wanted, seen = view.expected.rows[pair.expected], view.observed.rows[pair.observed]
        for at in pair.cells:
            lines.append(f"      {escape(names[at])}: expected {_cell(wanted, seen, pair, at).text}")
            lines.append(f"      {' ' * width_of(escape(names[at]))}  observed {_cell(seen, wanted, pair, at).text}")
    return lines


def _left_out(view: Shown) -> list[str]:
    if not view.left_out:
        return []
    return ["", f"  (not shown: {', '.join(escape(view.expected.names[at]) for at in view.left_out)})"]
