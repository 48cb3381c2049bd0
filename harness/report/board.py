"""The closing table of a run: one line a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.report.grid import Cell, Heading, lines_of, widths_of
from harness.report.values import cut, escape, width_of

Verdict = Literal["right", "wrong", "not written", "could not judge"]
_MARKS: dict[Verdict, str] = {"right": "✔", "wrong": "✗", "not written": "·", "could not judge": "?"}
# A title says little in fewer columns than this: then the line may be too long.
_SHORTEST_TITLE = 20


@dataclass(frozen=True)
class Facts:
    """A task's line: its file and title, the verdict, and how many of the facts asked of it hold."""

    file: str
    title: str
    verdict: Verdict
    held: int
    asked: int


def board(rows: Sequence[Facts], width: int = 100) -> str:
    """Return the table of a run, a line a task, titles cut to fit `width`; an empty text where there is no task."""
    others = [
        (_MARKS[row.verdict], row.file, row.verdict, f"{row.held} of {row.asked} ✔" if row.asked else "")
        for row in rows
    ]
    taken = sum(max((width_of(line[at]) for line in others), default=0) for at in range(4))
    # Five columns with two spaces before each.
    limit = max(_SHORTEST_TITLE, width - taken - 5 * 2)
    lines = [
        (mark, file, cut(row.title, limit), verdict, facts)
        for row, (mark, file, verdict, facts) in zip(rows, others, strict=True)
    ]
    return plain_table(("", "file", "task", "verdict", "facts"), lines)


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows under headings in plain text; a heading that starts with > has its numbers on the right."""
    if not rows:
        return ""
    tops = [Heading(text.lstrip(">"), right=text.startswith(">")) for text in headings]
    cells = [[Cell(escape(str(value))) for value in row] for row in rows]
    return "".join(f"{line.rstrip()}\n" for line in lines_of(tops, cells, widths_of(tops, cells)))
