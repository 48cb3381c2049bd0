"""Of what was logged meanwhile a learner is shown as much as can be read."""

from __future__ import annotations

from harness.report.logged import in_short


def test_of_a_long_log_the_latest_lines_are_shown():
    """A loop that is refused 5,000 times logs as many lines: the first are counted, the latest shown."""
    log = "\n".join(f"WARNING refused {number}" for number in range(5_000))
    ((title, text),) = in_short([("Captured log call", log)])
    lines = text.splitlines()
    assert (title, lines[0], lines[-1]) == (
        "Captured log call",
        "(4,988 lines before these)",
        "WARNING refused 4999",
    )
    assert len(lines) == 13


def test_what_is_short_and_what_was_printed_stays_as_it_is():
    """A learner's own prints are never cut, and a log of some lines isn't either."""
    sections = [("Captured stdout call", "x\n" * 100), ("Captured log call", "WARNING once\n")]
    assert in_short(sections) == sections
