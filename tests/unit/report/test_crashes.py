"""A rule that a crash breaks, as a learner reads it and sees it."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from crash_stories import BROKER, COMMIT, DATABASE, GOLDEN, LANES, MARK, STORIES, crashes, does, story, told

from harness.explorers.interleavings import Difference, Event
from harness.report.replayed import CrashReplayed, Record
from harness.report.timeline.layout import layout_of
from harness.report.timeline.mermaid import mermaid
from harness.report.timeline.page import page
from harness.report.timeline.rows import timeline_of
from harness.report.timeline.svg import svg
from harness.report.values import width_of

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<b>&\"'`|};{-->\x1b[31m"


@pytest.mark.parametrize("name", STORIES)
def test_each_story_reads_as_its_golden_text(name):
    """The report of each run is, to the letter, the text that people agreed on."""
    assert told(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_each_story_has_its_golden_diagram(name):
    """So is its diagram."""
    assert mermaid(STORIES[name]) == (GOLDEN / f"{name}.mmd").read_text(encoding="utf-8")


def test_every_golden_text_has_its_story():
    """No golden text is left over from a story that is no longer told."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{kind}" for name in STORIES for kind in ("txt", "mmd")}


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("name", STORIES)
def test_no_story_is_wider_than_asked(name, width):
    """Whatever the width, each line keeps to it; only commands are not broken."""
    for line in told(name, width).splitlines():
        assert line.startswith(("look:", "again:", "replay:")) or "labs/" in line or width_of(line) <= width


@pytest.mark.parametrize("name", STORIES)
def test_a_picture_shows_each_operation_and_each_crash(name):
    """Every operation has its number, every crash its tear, what is wrong its rings."""
    root = ET.fromstring(svg(STORIES[name], "A fact."))  # noqa: S314 - our own
    rows = timeline_of(STORIES[name]).rows
    bands = [element for element in root.iter(f"{SVG}rect") if element.get("class") == "band"]
    marks = [element for element in root.iter(f"{SVG}circle") if element.get("class") == "mark"]
    numbers = [element.text for element in root.iter(f"{SVG}text") if "number" in element.get("class")]
    assert len(bands) == sum(row.event.kind == "crashes" for row in rows)
    assert len(marks) == sum(row.marked for row in rows)
    assert numbers == [str(row.number) for row in rows if row.number]


def test_rows_do_not_overlap():
    """A row begins where the one before has ended, lines across among them."""
    rows = layout_of(STORIES["crash in a transaction"]).rows
    assert all(above.bottom < below.top for above, below in pairwise(rows))


def test_a_crash_ends_the_transaction_that_was_open():
    """Its bar stops at the crash: nothing of it was kept."""
    rows = timeline_of(STORIES["crash in a transaction"]).rows
    crash = next(row for row in rows if row.event.kind == "crashes")
    assert (crash.before, crash.after) == (("open", "idle"), ("idle", "idle"))
    assert not crash.opens
    assert not crash.closes


def test_what_is_lost_or_doubled_is_marked_by_its_name():
    """`parcel 1` is in `publish parcel 1` and isn't in `parcel 10`."""
    events = [does(BROKER, "publish parcel 1 to packed"), does(BROKER, "publish parcel 10 to packed")]
    found = story("1a", events, "Fact.", Difference("", "", ("parcel 1",)))
    assert [row.marked for row in timeline_of(found).rows] == [True, False]


def test_nothing_is_marked_by_a_lone_digit():
    """It would be found in every other statement."""
    found = story("1a", [does(DATABASE, "SELECT 1")], "Fact.", Difference("", "", ("1",)))
    assert not any(row.marked for row in timeline_of(found).rows)


def test_no_message_breaks_out_of_a_picture():
    """Bodies and names reach pages, pictures and diagrams as words."""
    events = [does(DATABASE, f"SELECT '{NASTY}'", NASTY), crashes(1), Event("relay", "ends", NASTY)]
    found = story("1a", events, NASTY, Difference(NASTY, NASTY, (NASTY,)), lanes=LANES, given=NASTY)
    drawn = page(found, NASTY, again=NASTY)
    assert "<b>" not in drawn
    assert "\x1b" not in drawn
    ET.fromstring(svg(found, NASTY))  # noqa: S314 - our own
    assert "\x1b" not in mermaid(found)
    assert "-->\x1b" not in mermaid(found)


def test_a_replay_tells_what_happened_and_what_has_changed():
    """Operations have numbers, what befalls the program has a sign; tables and queues are told when they change."""
    replayed = CrashReplayed("2a+7a")
    assert replayed.heading() == "replaying 2a+7a: crash after operation 2, and then crash after operation 7"
    assert replayed.step([], {"outbox": [(1, False)], "seen": []}, {"packed": 0}) == [
        "    committed  outbox: (1, false)",
    ]
    assert replayed.step([MARK], {"outbox": [(1, False)], "seen": []}, {"packed": 0}) == [
        " 1  relay at Postgres: UPDATE outbox SET sent = true WHERE id = 1 → 1 row",
    ]
    assert replayed.step([COMMIT, crashes(2)], {"outbox": [(1, True)], "seen": []}, {"packed": 1}) == [
        " 2  relay at Postgres: COMMIT",
        " ↯  relay crashes after operation 2",
        "    committed  outbox: (1, true)",
        "    queue      packed: 1 message ready",
    ]


def test_a_replay_tells_of_a_topic_what_has_come():
    """A message is told once, with where it is, its key and its value; of very many the latest are."""
    replayed = CrashReplayed("2a")
    first, second = Record(0, 0, b"Graz", b"parcel 1"), Record(1, 0, None, "Malm\u00f6\x1b".encode())
    replayed.step([], {}, {}, {"events": [first]})
    assert replayed.step([COMMIT], {}, {}, {"events": [first, second]})[1:] == [
        "    topic      events: partition 1, offset 0: nothing → Malmö\\x1b",
    ]
    many = [Record(0, offset, b"Graz", b"again") for offset in range(1, 12)]
    lines = replayed.step([], {}, {}, {"events": [first, second, *many]})
    assert lines[0] == "    topic      events: 3 messages before these"
    assert lines[-1] == "    topic      events: partition 0, offset 11: Graz → again"
    assert len(lines) == 9
