from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from harness.report import Facts, board, plain_table
from harness.report.carets import at_position
from harness.report.values import cut, escape, show, width_of


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "NULL"),
        ("NULL", "'NULL'"),
        ("null", "'null'"),
        ("", "''"),
        (" a", "' a'"),
        ("a  b", "'a  b'"),
        ("two words", "two words"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("a\u00a0b", "a\\xa0b"),
        ("\ud800", "\\ud800"),
        (True, "true"),
        (Decimal("10.00"), "10.00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+300"), "1E+300"),
        (Decimal("NaN"), "NaN"),
        (Decimal("-Infinity"), "-Infinity"),
        (7, "7"),
        (0.1, "0.1"),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "2026-03-29 00:30"),
        (datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2))), "2026-03-29 00:30"),
        (datetime(2026, 3, 29, 0, 30, 5), "2026-03-29 00:30:05"),  # noqa: DTZ001 - a timestamp without zone
        (datetime(2026, 3, 29, 0, 30, 5, 120000), "2026-03-29 00:30:05.12"),  # noqa: DTZ001 - a time without a zone is the case
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "0001-01-01 00:00:00+02:00"),
        (date(2026, 3, 29), "2026-03-29"),
        (time(9, 5), "09:05"),
        (timedelta(days=1, hours=2), "1 day 02:00:00"),
        (timedelta(minutes=-30), "-00:30:00"),
        (timedelta(), "00:00:00"),
        (timedelta(days=3), "3 days"),
        (b"\x00\xff", "\\x00ff"),
        (memoryview(b"a"), "\\x61"),
        ([1, None, "x"], "{1,NULL,x}"),
        ({"a": Decimal(1)}, '{"a": "1"}'),
        (object, "<class 'object'>"),
    ],
)
def test_a_value_is_shown_unmistakably(value, shown):
    """Each value has one line of visible text that no other kind of value shares."""
    assert show(value) == shown


def test_widths_count_terminal_columns():
    """Wide characters take two columns and combining ones none, in measuring and in cutting."""
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
    assert cut("日本語です", 6) == "日本…"
    assert cut("short", 5) == "short"
    assert escape("日本 é") == "日本 é"


@pytest.mark.parametrize(
    ("sql", "position", "number", "under"),
    [
        ("select amout\nfrom x", 8, 1, "a"),
        ("select 1,\n\tamout", 12, 2, "a"),
        ("select 1,\r\n  amout\r\n", 14, 2, "a"),
        ("select '日本', amout", 14, 1, "a"),
        ("select " + "x, " * 200 + "amout from t" + " " * 300 + "z", 8 + 600, 1, "a"),
    ],
)
def test_the_caret_stands_below_the_character(sql, position, number, under):
    """Behind tabs, wide characters and long lines the caret still stands below the character that the server means."""
    line, (text, carets) = at_position(sql, position, 80)
    assert line == number
    column = width_of(carets) - 1
    assert carets[-1] == "^"
    assert next(text[at] for at in range(len(text)) if width_of(text[:at]) == column) == under
    assert max(map(width_of, (text, carets))) <= 80


@pytest.mark.parametrize("position", [10, 12, 99])
def test_a_position_behind_the_text_is_shown_at_its_end(position):
    """Where the server had expected more, the caret stands behind the last word."""
    line, (text, carets) = at_position("select 1+\n\n", position, 80)
    assert (line, text, carets) == (1, "  1 │ select 1+", "    │" + " " * 10 + "^")


@pytest.mark.parametrize("character", ["x", "日", "\x00", "\u0301"])
def test_a_line_of_a_million_characters_is_cut_round_the_mark(character):
    """However long the line is, the caret and its surroundings are shown in the width asked for."""
    line, (text, carets) = at_position(character * 500_000 + "?" + character * 500_000, 500_001, 80)
    assert line == 1
    assert text[4:].startswith("│ …")
    assert text.endswith("…")
    column = width_of(carets) - 1
    assert next(text[at] for at in range(len(text)) if width_of(text[:at]) == column) in {"?", "\u0301"}
    assert max(map(width_of, (text, carets))) <= 80


@pytest.mark.parametrize("sql", ["", "\n", "x"])
@pytest.mark.parametrize("position", [0, 1, 2, 9])
def test_no_position_is_too_odd_to_show(sql, position):
    """An empty text, or a position outside it, is shown without a crash."""
    assert at_position(sql, position, 80)[0] == 1


def test_the_board_has_a_line_a_task():
    """A run closes with each task's file, its verdict and how many of its facts hold."""
    rows = [
        Facts("1_ranks.sql", "right", 4, 4),
        Facts("2_running_total.sql", "wrong", 2, 5),
        Facts("3_top.sql", "not written", 0, 6),
        Facts("4_months.sql", "could not judge", 0, 3),
    ]
    top, *lines = board(rows).splitlines()
    assert top.split() == ["file", "verdict", "facts", "that", "hold"]
    assert [line.split()[0] for line in lines] == ["✔", "✗", "·", "?"]
    assert lines[0].endswith("right            4 of 4")
    assert board([]) == ""


def test_a_plain_table_puts_numbers_on_the_right():
    """A heading that begins with > has its cells on the right; a cell can't break its line."""
    assert plain_table(("name", ">n"), [("a\nb", 5), ("c", 12)]) == (" name   n\n a\\nb   5\n c     12\n")
