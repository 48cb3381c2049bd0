"""Where everything of a picture stands. All measures are pixels of the drawing, y downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.explorers.interleavings import Exploration
from harness.explorers.interleavings.trace import Broken
from harness.report.timeline.rows import Explored, Row, Timeline, timeline_of
from harness.report.timeline.words import BROKEN_HERE, came_of
from harness.report.timeline.wrapping import wrap_statement, wrap_words
from harness.report.values import escape, width_of

CHARACTER = 7.9  # the advance of one character of 13 pixels in any of the monospaced fonts, the widest counted
LINE = 18.0
PADDING = 7.0
MARGIN = 20.0
HEADER = 58.0
BADGE = 26.0  # from a lane's left edge to the middle of the numbers
TEXT = 46.0  # from a lane's left edge to its text
LANES_APART = 28.0
_ROWS_APART = 8.0
_SWITCH_APART = 28.0  # room for the word on the thread
_DATABASE_APART = 40.0
_DATABASE = 150.0
_SHORTEST = 26  # columns of text in a lane
_LONGEST = {1: 64, 2: 48}  # the same, by the number of lanes
_LONGEST_OF_MANY = 36
_BREAK_PADDING = 14.0
_TITLE = 30.0

Tone = Literal["statement", "result", "error", "wait", "end", "fact", "expected", "observed", "across"]


@dataclass(frozen=True)
class Line:
    """One line of text in a row or in the box, and what kind of thing it says."""

    text: str
    tone: Tone


@dataclass(frozen=True)
class PlacedRow:
    """A row between two heights, with its lines: the first stands at `top + PADDING`."""

    row: Row
    top: float
    bottom: float
    lines: tuple[Line, ...]

    def middle_of(self, at: int) -> float:
        """Return the height of the middle of a line."""
        return self.top + PADDING + (at + 0.5) * LINE


@dataclass(frozen=True)
class BreakBox:
    """The box that says what broke, below the row that broke it."""

    top: float
    bottom: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Layout:
    """The whole picture. `lanes` are left edges; `database` is the baseline's x, None where nothing reaches it.

    Lanes and baseline end at `end`: above the box, where nothing comes after it.
    """

    timeline: Timeline
    lanes: tuple[float, ...]
    lane_width: float
    database: float | None
    top: float
    rows: tuple[PlacedRow, ...]
    broken: BreakBox | None
    width: float
    end: float
    height: float


def layout_of(exploration: Explored, *, title: bool = False) -> Layout:
    """Place the shortest order that breaks a rule, which there must be; `title` leaves room above it."""
    timeline, run = timeline_of(exploration), exploration.shortest
    if run is None:
        raise ValueError("an exploration without a counterexample has no picture")
    if not timeline.rows:
        raise ValueError("an order without events has no picture")
    count = len(timeline.actors)
    said = [came_of(row, run.outcomes.get(row.event.actor)) for row in timeline.rows]
    columns = _columns(timeline, said, _LONGEST.get(count, _LONGEST_OF_MANY))
    lane_width = TEXT + columns * CHARACTER + PADDING
    lanes = tuple(MARGIN + index * (lane_width + LANES_APART) for index in range(count))
    edge = lanes[-1] + lane_width
    # A lane of a run with a crash is a program at one server, and a story has no database: neither needs a line for it.
    one_database = isinstance(exploration, Exploration) and exploration.transactions
    reached = one_database and any(row.closes or row.event.kind == "waits" for row in timeline.rows)
    database = edge + _DATABASE_APART if reached else None
    width = (database + _DATABASE if database is not None else edge) + MARGIN
    top = MARGIN + (_TITLE if title else 0)
    y = top + HEADER
    placed: list[PlacedRow] = []
    box: BreakBox | None = None
    for row, texts in zip(timeline.rows, said, strict=True):
        y += _SWITCH_APART - _ROWS_APART if row.switch else 0
        lines = _across(row, width) if row.whole else (*_statement(row, columns), *_lines(row, texts, columns))
        bottom = y + len(lines) * LINE + 2 * PADDING
        placed.append(PlacedRow(row, y, bottom, lines))
        y = bottom + _ROWS_APART
        if row.breaks and timeline.broken is not None:
            told = _told(timeline.broken, int((width - 2 * MARGIN - 4 * _BREAK_PADDING) / CHARACTER))
            box = BreakBox(y + 8, y + 8 + len(told) * LINE + 2 * _BREAK_PADDING, told)
            y = box.bottom + _ROWS_APART + 8
    end = placed[-1].bottom + 8
    height = max(end, box.bottom if box else 0) + MARGIN
    return Layout(timeline, lanes, lane_width, database, top, tuple(placed), box, width, end, height)


def _columns(timeline: Timeline, said: Sequence[Sequence[str]], most: int) -> int:
    texts: list[str] = []
    for row, told in zip(timeline.rows, said, strict=True):
        if row.whole:
            continue
        texts += [escape(row.event.text), *map(escape, told)]
    return min(most, max([_SHORTEST, *map(width_of, texts)]))


def _across(row: Row, width: float) -> tuple[Line, ...]:
    columns = int((width - 2 * MARGIN - TEXT) / CHARACTER)
    return tuple(Line(line, "across") for line in wrap_words(row.event.text, columns))


def _statement(row: Row, columns: int) -> list[Line]:
    if row.event.kind not in {"does", "waits"}:
        return []
    return [Line(text, "statement") for text in wrap_statement(row.event.text, columns)]


def _lines(row: Row, texts: Sequence[str], columns: int) -> list[Line]:
    tones: dict[str, Tone] = {"waits": "wait", "returns": "end", "raises": "end"}
    tone: Tone = tones.get(row.event.kind, "error" if row.event.error else "result")
    return [Line(line, tone) for text in texts for line in wrap_words(text, columns)]


def _told(broken: Broken, columns: int) -> tuple[Line, ...]:
    told: list[tuple[str, Tone]] = [(f"✗ {BROKEN_HERE}: {broken.fact}", "fact")]
    if broken.difference is not None:
        sides: list[tuple[str, Tone]] = [
            (broken.difference.expected, "expected"),
            (broken.difference.observed, "observed"),
        ]
        told += [(f"{tone}  {text}", tone) for text, tone in sides if text]
    return tuple(Line(line, tone) for text, tone in told for line in wrap_words(text, columns))
