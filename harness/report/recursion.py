"""A recursion told in words: what its working table held on each level, and the circle in which it runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from harness.judging.working_table import Circle, WorkingRow, WorkingTable
from harness.report.grid import Cell, Heading, lines_of, widths_of
from harness.report.prose import wrapped
from harness.report.story import Story
from harness.report.values import cut, escape, show, width_of

# What is larger is a list to read, no picture.
_MOST_ROWS = 14
_MOST_OF_A_CIRCLE = 9
_MOST_SIZES = 8
_CELL = 24


def working_table(table: WorkingTable | None, width: int, most_rows: int = _MOST_ROWS) -> list[list[str]]:
    """Return the blocks that show a small working table whole; none where there is none, or a large one."""
    if table is None or not table.ended or not table.levels or table.size > most_rows:
        return []
    rows = [(level, row) for level, rows in enumerate(table.levels) for row in rows]
    grid = _grid(table, rows, width)
    if grid is None:
        return []
    title = f"The working table of your recursion {escape(table.name)}, level by level:"
    new = " new" if any(table.left_out) else ""
    ended = f"   level {len(table.levels)} found no{new} rows: there it ended."
    return [[title], [*grid, ended], wrapped(left_out(table), width)]


def left_out(table: WorkingTable) -> str:
    """Return in one sentence how many rows UNION has dropped, and on which levels; nothing where it dropped none."""
    dropped = [(level, count) for level, count in enumerate(table.left_out) if count]
    total = sum(count for _, count in dropped)
    if not total:
        return ""
    rows = "1 row that was" if total == 1 else f"{total:,} rows that were"
    if len(dropped) == 1 or len(dropped) > _MOST_SIZES:
        return f"UNION left out {rows} equal to one found before" + (
            f", on level {dropped[0][0]}." if len(dropped) == 1 else "."
        )
    where = ", ".join(f"{count:,} on level {level}" for level, count in dropped)
    return f"UNION left out {rows} equal to one found before: {where}."


def endless_recursion(stopped: str, table: WorkingTable, width: int) -> Story:
    """Tell of a recursion that was followed and did not end; `stopped` says how the query itself ended."""
    name = escape(table.name)
    told = f"{stopped}. Its recursion {name} was followed for {len(table.levels):,} levels: the last still found rows."
    sizes = wrapped(f"Rows on the levels, from 0: {_sizes(table)}", width)
    if table.circle is not None:
        return Story(told, [], [_circle(table, table.circle, width), sizes], advice=_advice(table))
    if table.only_counts:
        rows = [(level, row) for level, (row, *_) in enumerate(table.levels[:3])]
        counting = _names(table, table.counting)
        grid = _grid(table, rows, width) or []
        advice = f"From one level to the next nothing changes but {counting}, without end. What should stop it?"
        return Story(told, [], [grid, sizes], advice=advice)
    advice = "Does it find the same rows again on many ways, or pair each row with all others?"
    return Story(told, [], [sizes], advice=advice)


def in_one_line(table: WorkingTable, circle: Circle) -> str:
    """Return the places of a circle as an arrow each: 3 → 5 → 3."""
    names = ", ".join(escape(table.columns[at]) for at in circle.columns)
    places = [", ".join(_short(row.values[at]) for at in circle.columns) for row in circle.rows]
    if len(places) > _MOST_OF_A_CIRCLE:
        places = [*places[:4], "…", *places[-3:]]
    return f"{names} {' → '.join(places)}"


def _circle(table: WorkingTable, circle: Circle, width: int) -> list[str]:
    rows = list(enumerate(circle.rows, circle.first))
    shown = rows if len(rows) <= _MOST_OF_A_CIRCLE else [*rows[:4], *rows[-4:]]
    grid = _grid(table, shown, width) or []
    if len(shown) < len(rows) and grid:
        grid.insert(5, f"       ⋮ ({len(rows) - len(shown)} more)")
    title = (
        f"It came to no end, for it runs in a circle: {in_one_line(table, circle)}. Each row comes of the one above:"
    )
    return [*wrapped(title, width), "", *grid]


def _advice(table: WorkingTable) -> str:
    if table.distinct and table.counting:
        one = len(table.counting) == 1
        counting = _names(table, table.counting)
        return (
            f"UNION leaves out rows that it has found before. This one it takes for new, "
            f"because {counting} {'is another' if one else 'are others'}."
        )
    return "The last row is where the first one was, so all that came of the first comes again of the last."


def _grid(table: WorkingTable, rows: Sequence[tuple[int, WorkingRow]], width: int) -> list[str] | None:
    """Return rows with the levels they are on, under the names of the columns; None where they don't fit."""
    headings = [Heading("level", right=True)]
    for at, name in enumerate(table.columns):
        right = all(isinstance(row.values[at], int | Decimal | None) for _, row in rows)
        headings.append(Heading(cut(escape(name), _CELL), right=right))
    lines = []
    last = None
    for level, row in rows:
        lines.append([Cell("" if level == last else str(level)), *(Cell(_short(value)) for value in row.values)])
        last = level
    grid = [f"  {line}".rstrip() for line in lines_of(headings, lines, widths_of(headings, lines))]
    return grid if max(map(width_of, grid)) <= width else None


def _sizes(table: WorkingTable) -> str:
    sizes = [f"{len(level):,}" for level in table.levels]
    if len(sizes) <= _MOST_SIZES + 1:
        return ", ".join(sizes) + ", …"
    return f"{', '.join(sizes[:_MOST_SIZES])}, …, {sizes[-1]} on level {len(sizes) - 1}, and so on."


def _names(table: WorkingTable, places: Sequence[int]) -> str:
    names = [escape(table.columns[at]) for at in places]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _short(value: object) -> str:
    return cut(show(value), _CELL)
