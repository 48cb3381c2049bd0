"""A recursion told and drawn: its working table, the circle it runs in, and the page that a learner opens."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from specimens import context

from harness.judging import compare
from harness.judging.working_table import WorkingRow, WorkingTable
from harness.report import failure
from harness.report.levels.layout import layout_of
from harness.report.levels.page import page, write_levels
from harness.report.levels.svg import svg
from harness.report.recursion import working_table
from harness.report.values import width_of
from harness.services import QueryTooSlow, TooManyRows
from harness.table import Table

SVG = "{http://www.w3.org/2000/svg}"
FACT = "Belts that run in <circles> & back end."


def made(levels, *, ended=False, distinct=False, columns=("station_id", "belts"), name="ride"):
    """Make a working table of levels that list (values, origin)."""
    rows = tuple(tuple(WorkingRow(values, origin) for values, origin in level) for level in levels)
    return WorkingTable(name, columns, rows, ended, distinct)


ENDED = made([[((1, 0), None)], [((2, 1), 0), ((3, 1), 0)], [((4, 2), 1)]], ended=True)
CIRCLE = made([[((1, 0), None)], *([[((2 + at % 3, 1 + at), 0), ((9, 1 + at), 0)] for at in range(40)])], distinct=True)
CALENDAR = made(
    [[((7, date(2025, 3, 3) + timedelta(days=at)), 0 if at else None)] for at in range(400)], columns=("line", "day")
)
WIDE = made([[((at, at), None) for at in range(300)], [((at, 1), at) for at in range(300)]], ended=True)
ATTACK = made(
    [[(("</svg><script>alert(1)</script>", "\x1b[2J" + "x" * 400), None)]],
    ended=True,
    columns=("<b>&", "c" * 90),
    name="\x07<i>",
)
LONG_CIRCLE = made([[((at % 30, at), 0 if at else None)] for at in range(61)])
TABLES = {
    "ended": ENDED,
    "circle": CIRCLE,
    "calendar": CALENDAR,
    "wide": WIDE,
    "attack": ATTACK,
    "long circle": LONG_CIRCLE,
}


def told(wrong, table, width=100):
    """Return what a learner reads of a failure with this working table."""
    return failure(
        wrong, replace(context(FACT, "5_reachable_stations.sql"), recursion=table, picture=".labs/x.html"), width
    )


def test_a_circle_is_told_row_by_row():
    """A recursion without end is told with the circle that it runs in, and why UNION doesn't stop it."""
    text = told(QueryTooSlow(5), CIRCLE)
    assert "stopped after 5 seconds. Its recursion ride was followed for 41 levels" in " ".join(text.split())
    assert "station_id 2 → 3 → 4 → 2" in text
    assert "because belts is another" in " ".join(text.split())
    assert "1, 2, 2, 2, 2, 2, 2, 2, …, 2 on level 40, and so on." in text
    assert "see:    .labs/x.html" in text


def test_a_calendar_without_end_is_told_by_what_counts():
    """Where nothing changes but what grows, the column that grows is named."""
    text = " ".join(told(TooManyRows(100_000), CALENDAR).split())
    assert "nothing changes but day, without end" in text
    assert "runs in a circle" not in text


def test_a_long_circle_is_shortened():
    """A circle of thirty is told by its two ends."""
    text = told(QueryTooSlow(5), LONG_CIRCLE)
    assert "0 → 1 → 2 → 3 → … → 28 → 29 → 0" in " ".join(text.split())
    assert "⋮ (23 more)" in text


def test_a_small_working_table_stands_in_the_failure():
    """Wrong rows are shown beside the working table that they came of; a large one is left to the picture."""
    expected = Table.of("station_id integer", [[1], [2]])
    with pytest.raises(Exception, match="rows") as wrong:
        compare(expected, Table.of("station_id integer", [[1], [3]]), ask="")
    text = told(wrong.value, ENDED)
    assert "The working table of your recursion ride, level by level:" in text
    assert "level 3 found no rows: there it ended." in text
    assert working_table(WIDE, 100) == []
    assert "level by level" not in told(wrong.value, WIDE)


def test_what_union_drops_is_counted():
    """A working table of UNION says how many rows were equal to one found before, and on which levels."""
    dropped = replace(ENDED, distinct=True, left_out=(0, 1, 2))
    (*_, said) = working_table(dropped, 200)
    assert said == ["UNION left out 3 rows that were equal to one found before: 1 on level 1, 2 on level 2."]
    assert "2 left out" in svg(dropped, FACT)
    assert "UNION left out 3 rows" in page(dropped, FACT)
    assert working_table(ENDED, 200)[-1] == []


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.ended])
def test_no_line_of_a_recursion_is_wider_than_asked(name, width):
    """Whatever the width, lines keep to it, but for names and commands."""
    for line in told(QueryTooSlow(5), TABLES[name], width).splitlines():
        unbreakable = line.startswith(("look:", "see:", "again:")) or "labs/" in line or "data set" in line
        assert unbreakable or width_of(line) <= width


@pytest.mark.parametrize("name", TABLES)
def test_a_picture_of_levels_is_well_formed_and_whole(name):
    """Each picture is XML in which no card touches another, all within its bounds."""
    table = TABLES[name]
    root = ET.fromstring(svg(table, FACT))  # noqa: S314 - our own
    assert root.find(f"{SVG}title").text == FACT
    layout = layout_of(table)
    cards = [card for band in layout.bands for card in band.cards]
    for one, other in combinations(cards, 2):
        apart = abs(one.x - other.x) >= layout.card_width or abs(one.y - other.y) >= layout.card_height
        assert apart
    assert max(card.x for card in cards) + layout.card_width < layout.width
    assert max(card.y for card in cards) + layout.card_height < layout.note < layout.height
    for card in cards:
        for label, value in zip(layout.names, card.values, strict=True):
            assert (width_of(label) + width_of(value)) * 7.9 < layout.card_width


def test_the_circle_is_drawn_with_its_way_back():
    """The rows of the circle are marked, and an arrow leads from the last to the first."""
    root = ET.fromstring(svg(CIRCLE, FACT))  # noqa: S314 - our own
    kinds = [element.get("class") for element in root.iter()]
    assert (kinds.count("circle"), kinds.count("round"), kinds.count("back")) == (4, 3, 1)


def test_levels_that_were_only_looked_into_are_called_that():
    """Where a recursion has ended beyond the levels that were looked at, nobody says that it has no end."""
    text = page(replace(LONG_CIRCLE, goes_on=True), FACT)
    assert "goes on beyond the first 61 levels" in text
    assert "so on: 1 row on level 60" in text
    assert "did not come to an end" not in text
    assert 'class="circle"' not in text


@pytest.mark.parametrize("name", TABLES)
def test_a_page_of_levels_needs_nothing_else(name, tmp_path):
    """The page holds no script and no address, whatever a learner's names and values are."""
    text = write_levels(TABLES[name], FACT, tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    assert text == page(TABLES[name], FACT)
    assert "<script" not in text
    assert "\x1b" not in text
    assert text.count("http") == text.count("http://www.w3.org/2000/svg") + text.count("http-equiv")
