"""The story of a rule that does not hold in every order, as a learner reads it in the terminal."""

import re
from dataclasses import replace

import pytest
from stories import (
    ATTACK,
    DIAGRAMS,
    GOLDEN,
    LOST_UPDATE,
    NASTY,
    SERIALIZATION_FAILURE,
    STORIES,
    THREE_ACTORS,
    TWO,
    context,
    told,
)

from harness.explorers.interleavings import BrokenInSomeOrder
from harness.report import failure
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.wrapping import wrap_statement
from harness.report.values import width_of


@pytest.mark.parametrize("name", STORIES)
def test_each_story_reads_as_its_golden_text(name):
    """The report of each broken order is, to the letter, the text that people agreed on."""
    assert told(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_text_has_its_story():
    """No golden text is left over from a story that is no longer told."""
    wanted = {f"{name}.txt" for name in STORIES} | {f"{name}.mmd" for name in DIAGRAMS}
    assert {path.name for path in GOLDEN.iterdir()} == wanted


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("name", STORIES)
def test_no_story_is_wider_than_asked(name, width):
    """Whatever the width, each line keeps to it, whether for two actors or for three; only commands are not broken."""
    for line in told(name, width).splitlines():
        assert line.startswith(("look:", "again:")) or "labs/" in line or width_of(line) <= width


def columns_of(lines):
    """Return what stands in each column of a timeline, without bars and blanks."""
    bounds = [match.span() for match in re.finditer("─+", lines[1])]
    found = [""] * len(bounds)
    for line in lines[2:]:
        if "here the rule is broken" not in line:
            cells = [cell for character in line for cell in (character, "")[: width_of(character)]]
            for at, (start, end) in enumerate(bounds):
                found[at] += "".join(cells[start:end])
    return [re.sub(r"[\s│┊┌└]", "", column) for column in found]


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("name", ["lost_update", "write_skew_with_a_wait", "three_actors", "long_statements"])
def test_nothing_of_a_statement_is_left_out(name, width):
    """However narrow the columns are, each holds the whole of its actor's statements and results, in order."""
    exploration = STORIES[name][0]
    for actor, column in zip(exploration.actors, columns_of(text_timeline(exploration, width)), strict=True):
        events = [event for event in exploration.shortest.events if event.actor == actor]
        texts = [text for event in events for text in (event.text * (event.kind != "goes on"), event.result) if text]
        wanted = ".*".join(re.escape("".join(text.split())) for text in texts)
        assert re.search(wanted, column), actor


def test_statements_are_broken_before_their_clauses():
    """A long statement breaks where a reader would break it: not within a quoted text, and its words in order."""
    text = "UPDATE account SET balance = 0, note = 'moved FROM here, WHERE it was' WHERE id = 1 AND owner = 'Ann'"
    lines = wrap_statement(text, 50)
    assert lines == [
        "UPDATE account",
        "  SET balance = 0, note = 'moved FROM here, WHERE",
        "  it was' WHERE id = 1 AND owner = 'Ann'",
    ]
    assert " ".join(line.strip() for line in lines) == text


@pytest.mark.parametrize("text", ["x" * 500, "日本語" * 100, "a " * 200, "\u0301" * 50, " ", ""])
@pytest.mark.parametrize("width", [2, 3, 9, 30])
def test_any_text_fits_any_column(text, width):
    """A word without a place to break it is broken all the same, and nothing of it is lost."""
    lines = wrap_statement(text, width)
    assert all(width_of(line) <= max(width, 2) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_word_that_is_broken_gets_no_blank():
    """The parts of a word that had to be broken stand on lines of their own."""
    assert wrap_statement("SET balance = 1", 8) == ["SET", "  balanc", "  e = 1"]


def test_a_statement_without_end_keeps_its_beginning_and_its_end():
    """Of a statement longer than any, the middle is left out: its WHERE stays in sight."""
    text = "\n".join(wrap_statement("INSERT INTO t VALUES (" + "1, " * 5000 + ") ON CONFLICT DO NOTHING", 40))
    assert text.startswith("INSERT INTO t")
    assert "…" in text
    assert text.endswith("ON CONFLICT\n  DO NOTHING")
    assert len(text) < 1000


def test_data_cannot_write_on_the_terminal():
    """Escape sequences in names, statements, results, rules and messages are shown, not obeyed."""
    text = failure(BrokenInSomeOrder(NASTY, ATTACK, ask=NASTY), context(NASTY))
    assert not re.search(r"[^\n\x20-\x7e✗✔▶≠⋮│┊┌└─→…•日本]", text)


def test_the_line_of_the_exception_is_named():
    """Where a call may not fail and does, the report names the line of the learner's file that it came through."""
    assert "  labs/03_isolation/exercise/withdraw.py:12\n" in told("deadlock")
    assert "withdraw.py\n" in told("lost_update")


def test_a_rule_that_is_the_tests_own_fact_is_not_said_twice():
    """The rule's sentence is told where it differs from the test's, and only there."""
    assert "A rule does not hold" not in told("long_statements")
    assert "A rule does not hold in every order: No call fails." in told("deadlock")


def test_orders_are_told_by_which_were_run():
    """It says whether all orders were run, or those up to some switches, and how many were given up, and why."""
    assert "Every order of their steps was run." in told("lost_update")
    assert re.search(r"Every order with at most 2 switches was\s+run\.", told("three_actors"))
    assert re.search(r"24 more were given up: two actors waited\s+for one lock", told("three_actors"))
    one = replace(LOST_UPDATE, bound=1, pruned={"why": 1})
    text = " ".join(failure(BrokenInSomeOrder("rule", one), context(TWO)).split())
    assert "Every order with at most 1 switch was run. 1 more was given up: why." in text
    unfinished = failure(BrokenInSomeOrder("rule", replace(LOST_UPDATE, bound=-1)), context(TWO))
    assert "was run" not in unfinished


def test_a_replayed_order_says_nothing_of_other_orders():
    """Of one order that was replayed, no number of orders is told."""
    one = replace(LOST_UPDATE, ran=1, broke=1, bound=1)
    text = " ".join(failure(BrokenInSomeOrder("rule", one), context(TWO)).split())
    assert "This order breaks it: 1 switch." in text
    assert "✔" not in text


def test_the_key_explains_only_what_is_drawn():
    """A sign is explained where the timeline has it, and nowhere else."""
    assert "┊" not in key_to(LOST_UPDATE)
    assert "┊ waits for a lock; at (4) step 4 goes on." in key_to(STORIES["write_skew_with_a_wait"][0])
    assert "switch" not in key_to(STORIES["one_after_the_other"][0])


def test_the_break_is_marked_where_it_was_seen():
    """A rule that is held against every moment is marked after the step that breaks it, not at the end."""
    run = SERIALIZATION_FAILURE.shortest
    early = replace(SERIALIZATION_FAILURE, shortest=replace(run, broken=replace(run.broken, after=3)))
    lines = text_timeline(early)
    mark = next(at for at, line in enumerate(lines) if "here the rule is broken" in line)
    assert lines[mark + 1].lstrip().startswith("4")


def test_an_exploration_without_a_counterexample_has_no_timeline():
    """Where nothing is broken, nothing is drawn."""
    assert text_timeline(replace(THREE_ACTORS, shortest=None)) == []
