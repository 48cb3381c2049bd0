"""Cells in columns, in plain text.

Not rich.table: marks hang in front of a cell's text, two grids share their widths, and whether they fit is
measured before they are printed; a third-party table would have to be measured and taken apart again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.values import width_of

MARK = "▶"


@dataclass(frozen=True)
class Cell:
    """The text of one cell, and whether it is marked as differing."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Heading:
    """The heading of one column, and whether its cells stand on the right, as numbers do."""

    text: str
    right: bool = False


# A row of a grid, or one remark in the place of a row.
Line = Sequence[Cell] | str


def widths_of(headings: Sequence[Heading], rows: Sequence[Line]) -> list[int]:
    """Return the width of each column, in terminal columns."""
    grids = [row for row in rows if not isinstance(row, str)]
    return [
        max([width_of(heading.text), *(width_of(row[index].text) for row in grids)])
        for index, heading in enumerate(headings)
    ]


def lines_of(headings: Sequence[Heading], rows: Sequence[Line], widths: Sequence[int]) -> list[str]:
    """Return the heading's line and a line a row; every cell has one column before it for its mark."""
    top = [Cell(heading.text) for heading in headings]
    return [f" {row}" if isinstance(row, str) else " ".join(map(_slot, row, headings, widths)) for row in [top, *rows]]


def beside(left: Sequence[str], right: Sequence[str], signs: Sequence[str]) -> list[str]:
    """Join lines pairwise, with a sign between them; both sequences are of one length."""
    room = max((width_of(line) for line in left), default=0)
    return [
        f"{line}{' ' * (room - width_of(line))}   {sign or ' '} {other}".rstrip()
        for line, other, sign in zip(left, right, signs, strict=True)
    ]


def _slot(cell: Cell, heading: Heading, width: int) -> str:
    text = (MARK if cell.marked else " ") + cell.text
    fill = " " * (width + 1 - width_of(text))
    return fill + text if heading.right else text + fill
