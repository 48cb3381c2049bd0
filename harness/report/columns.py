"""Columns that aren't the ones asked for, told one by one and side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from harness.report.grid import Cell, Heading, Line, beside, lines_of, widths_of
from harness.report.prose import wrapped
from harness.report.values import cut, escape, width_of

if TYPE_CHECKING:
    from harness.judging import ColumnFinding
    from harness.table import Column

_LONGEST = 30
_MOST_FINDINGS = 10
_MOST_ROWS = 12


def tell_columns(findings: Sequence[ColumnFinding], width: int) -> list[str]:
    """Return one sentence for each of the first things that are wrong, in lines of `width`, and how many more are."""
    told = [line for finding in findings[:_MOST_FINDINGS] for line in wrapped(_tell(finding), width, "  • ", "    ")]
    return told + _more(len(findings) - _MOST_FINDINGS)


def show_columns(
    expected: Sequence[Column], observed: Sequence[Column], findings: Sequence[ColumnFinding], width: int
) -> list[str]:
    """Return expected and observed columns side by side, with marks at the observed ones that are wrong."""
    names = {finding.observed or finding.column for finding in findings if finding.kind != "type"}
    types = {finding.column for finding in findings if finding.kind == "type"}
    headings = [Heading("name"), Heading("type")]
    left: list[Line] = []
    right: list[Line] = []
    for wanted, seen in zip_longest(expected[:_MOST_ROWS], observed[:_MOST_ROWS]):
        left.append(_row(wanted, set(), set()) if wanted else "")
        right.append(_row(seen, names, types) if seen else "")
    sides = [lines_of(headings, side, widths_of(headings, side))[1:] for side in (left, right)]
    lines = beside([" expected", *sides[0]], [" observed", *sides[1]], [""] * (len(left) + 1))
    if max(map(width_of, lines)) >= width:
        return []
    return [f" {line}" for line in lines] + _more(max(len(expected), len(observed)) - _MOST_ROWS)


def _more(count: int) -> list[str]:
    return [f"  ⋮ and {count:,} more"] if count > 0 else []


def _row(column: Column, names: set[str], types: set[str]) -> list[Cell]:
    name = cut(escape(column.name), _LONGEST)
    return [
        Cell(name, marked=column.name in names),
        Cell(cut(escape(column.type), _LONGEST), marked=column.name in types),
    ]


def _tell(finding: ColumnFinding) -> str:  # noqa: PLR0911 - one return a kind
    column, expected, observed = map(escape, (finding.column, finding.expected, finding.observed))
    match finding.kind:
        case "missing":
            return f"{column} is missing"
        case "extra":
            return f"{column} was not asked for"
        case "misspelt":
            return f"{column} is spelt {observed} here"
        case "capitals":
            return f'{column} is called "{observed}" here: double quotes keep capitals'
        case "unnamed":
            return f"column {finding.position} has no name yet: add AS {column}"
        case "other name":
            return f"column {finding.position} is called {observed}: expected {column}"
        case "other order":
            return f"the names are right, their order is not: expected {expected}; observed {observed}"
        case "type":
            return f"{column}: expected {expected}, observed {observed}"
