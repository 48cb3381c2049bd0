"""The closing table of a run: one line a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.report.grid import Cell, Heading, lines_of, widths_of
from harness.report.values import escape
from harness.verdicts import Verdict

TaskVerdict = Verdict | Literal["not all tested"]
_MARKS: dict[TaskVerdict, str] = {
    "right": "✔",
    "wrong": "✗",
    "not written": "·",
    "could not judge": "?",
    "not all tested": "·",
}


@dataclass(frozen=True)
class Facts:
    """A task's line: its file, the verdict, and how many of the facts asked of it hold."""

    file: str
    verdict: TaskVerdict
    held: int
    asked: int


def board(rows: Sequence[Facts]) -> str:
    """Return the table of a run, a line a task; an empty text where there is no task."""
    return plain_table(
        ("", "file", "verdict", "facts that hold"),
        [(_MARKS[row.verdict], row.file, row.verdict, f"{row.held} of {row.asked}") for row in rows],
    )


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows under headings in plain text; a heading that starts with > has its numbers on the right."""
    if not rows:
        return ""
    tops = [Heading(text.lstrip(">"), right=text.startswith(">")) for text in headings]
    cells = [[Cell(escape(str(value))) for value in row] for row in rows]
    return "".join(f"{line.rstrip()}\n" for line in lines_of(tops, cells, widths_of(tops, cells)))
