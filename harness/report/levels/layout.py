"""Where everything of the picture stands: a band a level, a card a row. Measures are pixels, y downwards."""

from __future__ import annotations

from dataclasses import dataclass

from harness.judging.working_table import WorkingRow, WorkingTable
from harness.report.values import cut, escape, show, width_of

CHARACTER = 7.9  # the advance of one character of 13 pixels in any of the monospaced fonts, the widest counted
LINE = 18.0
PADDING = 9.0
MARGIN = 20.0
LEFT = 118.0  # room for the name of a level
CARDS_APART = 18.0
LEVELS_APART = 44.0
_NOTE = 30.0
_MOST_CARDS = 7
_MOST_LEVELS = 9
_AT_THE_BEGINNING = 3
_CELL = 22
_NAME = 18
_NARROWEST = 10


@dataclass(frozen=True)
class Card:
    """One row of a level: its values as text, one a column. `on_circle` tells that the circle runs through it."""

    level: int
    number: int
    row: WorkingRow
    values: tuple[str, ...]
    x: float
    y: float
    on_circle: bool


@dataclass(frozen=True)
class Band:
    """One level: its number, its cards, and how many rows more it has. A `gap` stands for levels left out before it."""

    level: int
    y: float
    cards: tuple[Card, ...]
    more: int
    gap: int


@dataclass(frozen=True)
class Layout:
    """The whole picture. `note` is the height of the closing words."""

    names: tuple[str, ...]
    bands: tuple[Band, ...]
    card_width: float
    card_height: float
    note: float
    width: float
    height: float


def layout_of(table: WorkingTable) -> Layout:
    """Place the rows of a working table: its first levels, and those in which it runs in a circle."""
    names = tuple(cut(escape(name), _NAME) for name in table.columns)
    shown = _levels(table)
    circle = _circle_rows(table)
    texts = {
        (level, number): tuple(cut(show(value), _CELL) for value in row.values)
        for level in shown
        for number, row in _chosen(table, level, circle)
    }
    longest = max((_columns(names, values) for values in texts.values()), default=_NARROWEST)
    card_width = max(_NARROWEST, longest) * CHARACTER + 2 * PADDING
    card_height = len(names) * LINE + 2 * PADDING
    bands = []
    y, last = MARGIN, -1
    for level in shown:
        gap = level - last - 1
        y += _NOTE if gap else 0
        chosen = _chosen(table, level, circle)
        cards = tuple(
            Card(
                level,
                number,
                row,
                texts[level, number],
                MARGIN + LEFT + place * (card_width + CARDS_APART),
                y,
                (level, number) in circle,
            )
            for place, (number, row) in enumerate(chosen)
        )
        bands.append(Band(level, y, cards, len(table.levels[level]) - len(cards), gap))
        y += card_height + LEVELS_APART
        last = level
    most = max((len(band.cards) + (1 if band.more else 0) for band in bands), default=1)
    width = MARGIN + LEFT + max(most * (card_width + CARDS_APART), 560) + MARGIN
    return Layout(names, tuple(bands), card_width, card_height, y, width, y + _NOTE + MARGIN)


def _columns(names: tuple[str, ...], values: tuple[str, ...]) -> int:
    return max(map(width_of, names)) + 2 + max(map(width_of, values))


def _levels(table: WorkingTable) -> list[int]:
    """Return the levels that are shown: the first ones, and those of the circle with one more."""
    count = len(table.levels)
    if table.circle is None:
        return list(range(min(count, _MOST_LEVELS)))
    end = table.circle.first + len(table.circle.rows) - 1
    round_it = range(max(0, table.circle.first - 1), min(count, end + 2))
    if len(round_it) > _MOST_LEVELS:
        round_it = range(round_it.start, round_it.start + _MOST_LEVELS)
    return sorted({*range(min(count, _AT_THE_BEGINNING)), *round_it})


def _circle_rows(table: WorkingTable) -> set[tuple[int, int]]:
    if table.circle is None:
        return set()
    rows = enumerate(table.circle.rows, table.circle.first)
    return {(level, number) for level, row in rows for number, other in enumerate(table.levels[level]) if other is row}


def _chosen(table: WorkingTable, level: int, circle: set[tuple[int, int]]) -> list[tuple[int, WorkingRow]]:
    """Return the rows of a level that are shown, those on the circle first of all."""
    rows = list(enumerate(table.levels[level]))
    if len(rows) <= _MOST_CARDS:
        return rows
    wanted = [pair for pair in rows if (level, pair[0]) in circle]
    others = [pair for pair in rows if (level, pair[0]) not in circle]
    return sorted([*wanted, *others][:_MOST_CARDS], key=lambda pair: pair[0])
