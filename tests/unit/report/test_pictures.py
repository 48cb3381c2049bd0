"""The pictures of a broken order: Mermaid, SVG, and the page that a learner opens."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from stories import ATTACK, DIAGRAMS, GOLDEN, LOST_UPDATE, NASTY, STORIES, THREE_ACTORS, WRITE_SKEW

from harness.explorers.interleavings import Event
from harness.report.timeline.layout import CHARACTER, MARGIN, PADDING, TEXT, layout_of
from harness.report.timeline.mermaid import mermaid
from harness.report.timeline.page import page, write_picture
from harness.report.timeline.rows import timeline_of
from harness.report.timeline.style import _DARK, _LIGHT
from harness.report.timeline.svg import svg
from harness.report.values import width_of

SVG = "{http://www.w3.org/2000/svg}"
EXPLORATIONS = {name: exploration for name, (exploration, *_) in STORIES.items()} | {"attack": ATTACK}
FACT = "A room is booked once & only <once>."


def parsed(text):
    """Return the elements of a picture."""
    return ET.fromstring(text)  # noqa: S314 - our own


def texts(root):
    """Return the lines of text of a picture."""
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def classes(root, kind):
    """Return the elements of a picture that are of this kind."""
    return [element for element in root.iter() if kind in element.get("class", "").split()]


@pytest.mark.parametrize("name", DIAGRAMS)
def test_each_story_has_its_golden_diagram(name):
    """The Mermaid diagram of each broken order is, to the letter, the one that a Mermaid parser has accepted."""
    assert mermaid(STORIES[name][0]) == (GOLDEN / f"{name}.mmd").read_text(encoding="utf-8")


def test_nothing_in_a_diagram_means_anything_to_mermaid():
    """Names and statements reach Mermaid as words: whatever it could take for its own is written as a number."""
    own = [
        r"(actor|participant) \w+ as (?P<named>.+)",
        r"(a\d|db)(->>|-->>|--x)(a\d|db): (?P<sent>.+)",
        r"Note over [\w,]+: (?P<noted>.+)",
        r"(de)?activate a\d|rect rgba\([\d., ]+\)|end",
    ]
    for line in mermaid(ATTACK).splitlines()[1:]:
        found = re.fullmatch("|".join(own), line.strip())
        assert found, line
        words = "".join(filter(None, found.groupdict().values()))
        assert re.fullmatch(r"(\w| |[.,()=*+\-/'_!?→✗…]|#\d+;|<br/>)*+", words), line


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_a_picture_is_well_formed_and_whole(name):
    """Each picture is XML that holds the whole of every statement and result, in lanes wide enough for them."""
    exploration = EXPLORATIONS[name]
    root = parsed(svg(exploration, FACT))
    drawn = "".join("".join(texts(root)).split())
    for event in exploration.shortest.events:
        if event.kind == "does" and exploration is not ATTACK:
            assert "".join(event.text.split()) in drawn
            assert "".join(event.result.split()) in drawn
    layout = layout_of(exploration)
    for placed in layout.rows:
        assert (
            max(width_of(line.text) for line in placed.lines) * CHARACTER <= layout.lane_width - TEXT - PADDING + 0.01
        )


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_nothing_stands_on_anything_else(name):
    """Rows follow one another without touching, with the box that says what broke between them, all in the picture."""
    layout = layout_of(EXPLORATIONS[name], title=True)
    bands = [(placed.top, placed.bottom) for placed in layout.rows]
    bands = sorted([*bands, (layout.broken.top, layout.broken.bottom)])
    assert all(above[1] < below[0] for above, below in pairwise(bands))
    assert bands[0][0] > layout.top
    assert bands[-1][1] <= layout.height - MARGIN
    assert layout.lanes[-1] + layout.lane_width < (layout.database or layout.width)


def test_transactions_waits_and_turns_are_drawn():
    """Two transactions are two bars, the wait is hatched, one switch is named, and two commits reach the database."""
    root = parsed(svg(WRITE_SKEW, FACT))
    assert len(classes(root, "span")) == 2
    assert sum("timeline-wait" in element.get("fill", "") for element in root.iter()) == 1
    said = Counter(texts(root))
    assert (said["switch"], said["holds the lock"], said["Ann commits"], said["Bob commits"]) == (1, 1, 1, 1)
    assert said["✗ here the rule is broken: Somebody is on call."] == 1


def test_a_rollback_reaches_the_database_as_nothing():
    """A transaction that is rolled back by an exception ends in a hollow dot, and says so."""
    root = parsed(svg(STORIES["deadlock"][0], FACT))
    assert len(classes(root, "out")) == 1
    assert "Ann rolled back" in texts(root)


@pytest.mark.parametrize(
    "end",
    [
        Event("Ann", "does", "COMMIT", "could not serialize access", "40001"),
        Event("Ann", "does", "COMMIT", "ROLLBACK: the transaction had failed"),
        Event("Ann", "does", "ROLLBACK"),
    ],
)
def test_a_commit_that_fails_is_no_commit(end):
    """A COMMIT that the server refuses, or answers with a rollback, is drawn as the rollback that it is."""
    run = LOST_UPDATE.shortest
    events = tuple(end if event.actor == "Ann" and event.text == "COMMIT" else event for event in run.events)
    said = texts(parsed(svg(replace(LOST_UPDATE, shortest=replace(run, events=events)), FACT)))
    assert "Ann rolled back" in said
    assert "Ann commits" not in said


@pytest.mark.parametrize(("story", "numbers"), [(WRITE_SKEW, [3]), (THREE_ACTORS, [3, 7])])
def test_a_switch_stands_before_the_step_that_it_leads_to(story, numbers):
    """A change of turn is called a switch where the call before could have gone on, and nowhere else."""
    assert [row.number for row in timeline_of(story).rows if row.switch] == numbers
    assert story.shortest.switches == len(numbers)


def test_what_can_not_be_seen_is_told():
    """For whoever can't see a picture, its title and its whole story are words in it."""
    root = parsed(svg(WRITE_SKEW, FACT))
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == list(named)
    title, story = named.values()
    assert title == FACT
    assert "Step 4, Bob: UPDATE shift SET changes = changes + 1 WHERE id = 7, waits for Ann." in story
    assert "observed  doctors on call: 0" in story


@pytest.mark.parametrize("palette", [_LIGHT, _DARK], ids=["light", "dark"])
def test_every_text_has_contrast(palette):
    """By day and by night each colour of text stands out from what is behind it as WCAG asks for (4.5 to 1)."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    def mixed(colour, ground, share):
        pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
        return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)

    lanes = [palette[f"lane{lane}"] for lane in range(3)]
    bars = [mixed(lane, palette["page"], 0.1) for lane in lanes]
    pairs = [(palette[ink], ground) for ink in ("ink", "soft", "warn") for ground in (palette["page"], *bars)]
    pairs += list(zip(lanes, bars, strict=True)) + [(palette["page"], lane) for lane in lanes]
    pairs += [(palette["accent"], palette["blush"]), (palette["ink"], palette["blush"])]
    pairs += [
        (palette["accent"], palette["page"]),
        (palette["soft"], palette["page"]),
        (palette["ink"], palette["card"]),
    ]
    for ink, ground in pairs:
        dark, light = sorted((luminance(ink), luminance(ground)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


class Elements(HTMLParser):
    """Collects the elements of a page, and holds them to be closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.attributes = [], Counter(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen[tag] += 1
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_a_page_needs_nothing_and_runs_nothing(name):
    """A page is closed in itself: no script, no handler, no address, no id twice, whatever the statements hold."""
    text = page(EXPLORATIONS[name], NASTY, again=f"pytest '{NASTY}'")
    found = Elements(text)
    assert found.open == []
    assert not found.seen.keys() & {"script", "link", "img", "iframe", "a", "object"}
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in {"src", "href"}]
    assert not [match for match in re.findall(r"(?:https?:)?//[\w.]+", text) if match != "http://www.w3.org"]
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert not re.search(r"@import|url\((?!#timeline)", text)
    assert text.isprintable() or not re.search(r"[\x00-\x09\x0b-\x1f\u202e\ud800]", text)


def test_a_page_tells_the_story():
    """Beside the picture stand the numbers, both sides, the beginning, the ends of the calls, and the way to replay."""
    text = page(THREE_ACTORS, "Totals add up.", again="pytest 'a b' --order AAB")
    for told in (
        "<h1>Totals add up.</h1>",
        "The report shows what all payments add up to.",
        "40 of 192 orders break it; this is the shortest: 2 switches.",
        "24 more were given up",
        "152 of 192 orders keep it",
        "<dd>total: 150</dd>",
        '<dd class="observed">total: 220</dd>',
        "TRUNCATE account, payment;\nINSERT INTO account",
        "<dt>the nightly report</dt><dd>returned 220</dd>",
        "<code>AABBBACCA</code>",
        "pytest &#x27;a b&#x27; --order AAB",
        "a transaction, from its first statement to its end",
    ):
        assert told in text
    assert "waits for a lock" not in text
    assert "waits for a lock" in page(WRITE_SKEW, FACT)


def test_a_picture_is_written_whole(tmp_path):
    """The file is there at once and complete, below folders that are made for it, in the place of an older one."""
    path = tmp_path / "pictures" / "lab" / "x.html"
    assert write_picture(LOST_UPDATE, FACT, path) == path
    assert path.read_text(encoding="utf-8") == page(LOST_UPDATE, FACT)
    write_picture(WRITE_SKEW, FACT, path, again="pytest x")
    assert path.read_text(encoding="utf-8") == page(WRITE_SKEW, FACT, again="pytest x")
    assert [child.name for child in path.parent.iterdir()] == ["x.html"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_picture_that_can_not_be_written_leaves_nothing(tmp_path):
    """Where the place is taken by a folder, the error is the caller's, and no draft stays behind."""
    (tmp_path / "x.html").mkdir()
    with pytest.raises(OSError, match=r"x\.html"):
        write_picture(LOST_UPDATE, FACT, tmp_path / "x.html")
    assert [child.name for child in tmp_path.iterdir()] == ["x.html"]


def test_without_a_counterexample_there_is_no_picture(tmp_path):
    """Where no order breaks a rule there is nothing to draw, and asking for it is refused."""
    right = replace(LOST_UPDATE, shortest=None, broke=0)
    assert mermaid(right) == ""
    with pytest.raises(ValueError, match="no picture"):
        svg(right, FACT)
    with pytest.raises(ValueError, match="no picture"):
        write_picture(right, FACT, tmp_path / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_the_colours_of_lanes_differ():
    """No two actors have one colour, by day or by night."""
    for palette in (_LIGHT, _DARK):
        assert all(palette[f"lane{a}"] != palette[f"lane{b}"] for a, b in combinations(range(3), 2))
