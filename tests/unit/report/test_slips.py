"""What a learner reads of a slip."""

from __future__ import annotations

import re

import pytest
from slip_specimens import GOLDEN, TEXTS, context, told

from harness.answers import CallFailed, Origin, Source, TransactionLeftOpen
from harness.explorers.interleavings import Outcome
from harness.report import failure


@pytest.mark.parametrize("name", TEXTS)
def test_each_slip_reads_as_its_golden_text(name):
    """The report of each slip is, to the letter, the text that people agreed on: no stack trace, no line of ours."""
    assert told(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_text_has_its_slip():
    """No golden text is left over."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TEXTS)


@pytest.fixture
def source(tmp_path):
    """Return a learner's file of twelve lines."""
    text = "".join(f"line {number}\x1b[2J\n" for number in range(1, 13))
    return Source(None, tmp_path / "2_withdraw.py", text)


def of(wrong, source):
    wrong.origin = Origin(source)
    return failure(wrong, context("2_withdraw.py"))


def test_a_refusal_of_the_servers_carries_its_code(source):
    """An error of the server's is named with its SQLSTATE."""
    outcome = Outcome(error="UndefinedTable", message='relation "acount" does not exist', sqlstate="42P01")
    assert 'UndefinedTable (42P01): relation "acount" does not exist.' in of(CallFailed(outcome), source)


def test_of_many_calls_the_first_and_the_last_are_shown(source):
    """A deep recursion is a few lines; files of others and lines that aren't there are left out."""
    frames = (("/ours.py", 1), *((str(source.path), number) for number in range(1, 12)), ("/psycopg.py", 7))
    text = of(CallFailed(Outcome(error="RecursionError", frames=frames)), source)
    assert re.findall(r"line (\d+)", text) == ["1", "9", "10", "11"]
    assert "2_withdraw.py:11" in text
    assert "\x1b" not in text
    of(CallFailed(Outcome(error="Odd", frames=((str(source.path), 99),))), source)


def test_a_transaction_that_is_left_open_is_told_with_what_follows_from_it(source):
    """The learner reads what an open transaction does."""
    text = of(TransactionLeftOpen("left open"), source)
    assert "left its transaction open" in text
    assert "locks stay" in text
