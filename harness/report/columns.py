"""Columns that aren't the ones asked for, told one by one and side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from harness.report.grid import Cell, Heading, Line, beside, lines_of, widths_of
from harness.report.values import cut, escape, width_of

if TYPE_CHECKING:
    from harness.judging import ColumnFinding
    from harness.table import Column

_LONGEST = 30


def tell_columns(findings: Sequence[ColumnFinding]) -> list[str]:
    """Return one sentence for each thing that is wrong."""
    return [_tell(finding) for finding in findings]


def show_columns(
    expected: Sequence[Column], observed: Sequence[Column], findings: Sequence[ColumnFinding], width: int
) -> list[str]:
    """Return expected and observed columns side by side, with marks at the observed ones that are wrong."""
    names = {finding.observed or finding.column for finding in findings if finding.kind != "type"}
    types = {finding.column for finding in findings if finding.kind == "type"}
    headings = [Heading("name"), Heading("type")]
    left: list[Line] = []
    right: list[Line] = []
    for wanted, seen in zip_longest(expected, observed):
        left.append(_row(wanted, set(), set()) if wanted else "")
        right.append(_row(seen, names, types) if seen else "")
    sides = [lines_of(headings, side, widths_of(headings, side))[1:] for side in (left, right)]
    lines = beside([" expected", *sides[0]], [" observed", *sides[1]], [""] * (len(left) + 1))
    return [f" {line}" for line in lines] if max(map(width_of, lines)) < width else []


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
