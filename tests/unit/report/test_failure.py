import re
from pathlib import Path

import pytest
from specimens import GOLDEN, SPECIMENS, context, raised

from harness.errors import CouldNotJudge, Wrong
from harness.judging import compare
from harness.report import failure
from harness.report.values import width_of
from harness.services import QueryFailed
from harness.table import Table


@pytest.mark.parametrize("name", SPECIMENS)
def test_each_kind_of_failure_reads_as_its_golden_text(name):
    """The report of each kind of failure is, to the letter, the text that people agreed on."""
    wrong, about = SPECIMENS[name]
    assert failure(wrong, about) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_text_has_its_specimen():
    """No golden text is left over from a failure that is no longer made."""
    assert {path.stem for path in Path(GOLDEN).glob("*.txt")} == set(SPECIMENS)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("name", SPECIMENS)
def test_no_report_is_wider_than_asked(name, width):
    """Whatever the width, lines keep to it; only names, commands and the excerpt's own margin may not be broken."""
    wrong, about = SPECIMENS[name]
    for line in failure(wrong, about, width).splitlines():
        unbreakable = line.startswith(("look:", "again:")) or "labs/" in line or "data set" in line
        assert unbreakable or width_of(line) <= width


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_report_closes_with_the_commands(name):
    """The last line is the command that runs just this again, and only one line break follows it."""
    wrong, about = SPECIMENS[name]
    text = failure(wrong, about)
    assert text.splitlines()[-1] == f"again:  {about.again}"
    assert text.endswith("]'\n")
    assert text.startswith("?" if isinstance(wrong, CouldNotJudge) else "✗")


def test_data_cannot_write_on_the_terminal():
    """Escape sequences in values, column names, messages and the learner's own file are shown, not obeyed."""
    nasty = "\x1b[2J\x07\u202e\r\n\x9b31m"
    wrong = raised(
        compare, Table.of("a text", [("x",)]), Table.of("a text", [(nasty,), (nasty * 9,)]), ask=f"why {nasty}?"
    )
    texts = [failure(wrong, context(f"fact {nasty}", "1.sql", data="d"))]
    wrong = QueryFailed("42601", f'syntax error at "{nasty}"', hint=nasty, detail=nasty, position=9)
    texts.append(failure(wrong, context("fact", "1.sql", sql=f"select '{nasty}\x1b[0m' frm")))
    for text in texts:
        assert not re.search(r"[^\n\x20-\x7e✗✔▶≠⋮│…•]", text)


def test_a_deviation_behind_the_cut_is_shown():
    """Two long texts that differ only near their end are shown from where they part."""
    long = "a" * 300
    wrong = raised(compare, Table.of("t text", [(long + "b",)], key=""), Table.of("t text", [(long + "c",)]), ask="")
    text = failure(wrong, context("fact", "1.sql"))
    assert "ab" in text
    assert "ac" in text


def test_numbers_that_agree_look_alike():
    """10 and 10.0000 are one number, so the row that agrees shows it in one way on both sides."""
    expected = Table.of("n integer, v numeric", [(1, 10), (2, 5)], key="n")
    wrong = raised(compare, expected, Table.of("n integer, v numeric", [(1, 10.0), (2, 6)]), ask="")
    assert "10.0" not in failure(wrong, context("fact", "1.sql"))


def test_an_error_of_an_unknown_kind_is_told_by_its_message():
    """A Wrong that report has never heard of still gives its sentence and its advice."""
    text = failure(Wrong("something is odd", "Do this."), context("fact", "1.sql"))
    assert "Something is odd.\n\n  Do this.\n" in text


def test_sixteen_hundred_columns_are_counted():
    """Of many wrong columns the first are told and shown, and the others counted."""
    observed = Table.of(", ".join(f"c{n} text" for n in range(1600)), [])
    wrong = raised(compare, Table.of("a integer", []), observed, ask="")
    text = failure(wrong, context("fact", "1.sql"))
    assert text.count("•") == 10
    assert "  ⋮ and 1,591 more\n" in text
    assert "  ⋮ and 1,588 more\n" in text
    assert len(text.splitlines()) < 40


def test_twenty_wide_columns_fall_back_to_a_list():
    """Where not even the differing columns fit, each differing cell gets lines of its own."""
    header = ", ".join(f"a_rather_long_name_{n} text" for n in range(20))
    wrong = raised(compare, Table.of(header, [("x" * 30,) * 20]), Table.of(header, [("y" * 30,) * 20]), ask="")
    text = failure(wrong, context("fact", "1.sql"))
    assert f"a_rather_long_name_7: expected {'x' * 30}" in text
    assert f"observed {'y' * 30}" in text
