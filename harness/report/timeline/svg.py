"""A timeline as a picture that stands alone: a lane an actor, its transactions as soft bars, waits hatched."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from harness.report.timeline.layout import (
    BADGE,
    HEADER,
    LANES_APART,
    LINE,
    MARGIN,
    TEXT,
    BreakBox,
    Layout,
    PlacedRow,
    layout_of,
)
from harness.report.timeline.rows import Explored, Row
from harness.report.timeline.style import ACTORS, PICTURE
from harness.report.timeline.words import ACROSS_SIGNS, came_of
from harness.report.values import cut, escape

_BASELINE = 4.5  # from the middle of a line of text to what its letters stand on
_RADIUS = 10.0
_TOOTH = 7.0  # half a tooth of the line along which a crash tears
_SMALL_FROM = 100  # three digits fill a badge
_COMMITS = ("COMMIT", "END", "(COMMITS BY ITSELF)")


def svg(exploration: Explored, title: str, *, shown: bool = True) -> str:
    """Return the picture of the shortest order that breaks a rule; `shown` writes the title above it.

    Raises ValueError where no order breaks one.
    """
    layout = layout_of(exploration, title=shown)
    size = {"width": _px(layout.width), "height": _px(layout.height)}
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "timeline",
            "viewBox": f"0 0 {_px(layout.width)} {_px(layout.height)}",
            **size,
            "role": "img",
            "aria-labelledby": "timeline-title timeline-story",
        },
    )
    ET.SubElement(root, "title", {"id": "timeline-title"}).text = escape(title)
    ET.SubElement(root, "desc", {"id": "timeline-story"}).text = _in_words(layout, exploration)
    ET.SubElement(root, "style").text = PICTURE
    _define_hatching(root, len(layout.lanes))
    ET.SubElement(root, "rect", {"class": "ground", **size})
    if shown:
        columns = int((layout.width - 2 * MARGIN) / 9)
        _text(root, MARGIN, MARGIN + 14, cut(escape(title), columns), "title")
    _draw_lanes(root, layout)
    _draw_database(root, layout)
    _draw_thread(root, layout)
    for placed in layout.rows:
        _draw_row(root, layout, placed)
    if layout.broken is not None:
        _draw_break(root, layout, layout.broken)
    return ET.tostring(root, encoding="unicode") + "\n"


def _in_words(layout: Layout, exploration: Explored) -> str:
    """Return the whole story for whoever can't see it."""
    outcomes = exploration.shortest.outcomes if exploration.shortest else {}
    told = []
    for row in layout.timeline.rows:
        event = row.event
        number = f"Step {row.number}, " if row.number else ""
        said = [event.text] if event.kind in {"does", "waits"} or row.whole else []
        said += came_of(row, outcomes.get(event.actor))
        told.append(f"{number}{event.actor}: {', '.join(said)}.")
        if row.breaks and layout.broken is not None:
            told.append(f"{'; '.join(line.text for line in layout.broken.lines)}")
    return escape(" ".join(told))


def _define_hatching(root: ET.Element, lanes: int) -> None:
    definitions = ET.SubElement(root, "defs")
    for lane in range(min(lanes, ACTORS)):
        pattern = ET.SubElement(
            definitions,
            "pattern",
            {
                "id": f"timeline-wait-{lane}",
                "width": "7",
                "height": "7",
                "patternUnits": "userSpaceOnUse",
                "patternTransform": "rotate(45)",
                "class": f"lane{lane}",
            },
        )
        ET.SubElement(pattern, "path", {"class": "hatched", "d": "M 1 0 V 7"})


def _draw_lanes(root: ET.Element, layout: Layout) -> None:
    for lane, (left, name) in enumerate(zip(layout.lanes, layout.timeline.actors, strict=True)):
        group = ET.SubElement(root, "g", {"class": f"lane{lane % ACTORS}"})
        columns = int(layout.lane_width / 8.6)
        _text(group, left + 4, layout.top + 20, cut(escape(name), columns), "name")
        _line(group, "crown", left, layout.top + 36, left + layout.lane_width, layout.top + 36)
        _line(group, "rail", left + BADGE, layout.top + HEADER - 8, left + BADGE, layout.end)
        for top, end, closed in _spans(layout, lane):
            group.append(_bar(left, top, layout.lane_width, end, closed=closed))
            ET.SubElement(group, "rect", {"class": "edge", **_box(left, top, 4, end - top), "rx": "2"})
        for top, end in _waits(layout, lane):
            box = _box(left + TEXT, top, layout.lane_width - TEXT - 8, end - top)
            ET.SubElement(group, "rect", {"fill": f"url(#timeline-wait-{lane % ACTORS})", "rx": "4", **box})


def _spans(layout: Layout, lane: int) -> Iterator[tuple[float, float, bool]]:
    """Give the heights between which a transaction is open, and whether it is ever closed."""
    start: float | None = None
    for placed in layout.rows:
        if placed.row.whole:
            if start is not None and placed.row.after[lane] == "idle":
                yield start, placed.top, False
                start = None
        elif placed.row.actor == lane:
            if placed.row.opens:
                start = placed.top
            if placed.row.closes and start is not None:
                yield start, placed.bottom, True
                start = None
    if start is not None:
        yield start, layout.end, False


def _waits(layout: Layout, lane: int) -> Iterator[tuple[float, float]]:
    """Give the heights between which an actor waits: from the word that says so to where it goes on."""
    start: float | None = None
    for placed in layout.rows:
        if placed.row.actor != lane:
            continue
        if start is not None:
            yield start, placed.top + 3
            start = None
        if placed.row.event.kind == "waits":
            start = placed.middle_of(len(placed.lines) - 1) + LINE / 2 + 2
    if start is not None:
        yield start, layout.end


def _bar(left: float, top: float, width: float, bottom: float, *, closed: bool) -> ET.Element:
    """Return the bar of a transaction; one that is left open has no lower end."""
    if closed:
        return ET.Element("rect", {"class": "span", **_box(left, top, width, bottom - top), "rx": "8"})
    right = left + width
    path = f"M {_px(left)} {_px(bottom)} V {_px(top + 8)} q 0 -8 8 -8 H {_px(right - 8)} q 8 0 8 8 V {_px(bottom)}"
    return ET.Element("path", {"class": "span", "d": path})


def _draw_database(root: ET.Element, layout: Layout) -> None:
    """Draw the database's line, and on it the moments when a transaction's changes come in, or never do."""
    x = layout.database
    if x is None:
        return
    _line(root, "base", x, layout.top + 30, x, layout.end)
    y = layout.top + 6
    drum = (
        f"M {_px(x - 11)} {_px(y)} a 11 4 0 0 1 22 0 v 20 a 11 4 0 0 1 -22 0 z "
        f"M {_px(x - 11)} {_px(y)} a 11 4 0 0 0 22 0"
    )
    ET.SubElement(root, "path", {"class": "drum", "d": drum})
    _text(root, x + 22, layout.top + 20, "the database", "note")
    for placed in layout.rows:
        row = placed.row
        if not row.closes:
            continue
        name = cut(escape(row.event.actor), 12)
        group = ET.SubElement(root, "g", {"class": f"lane{row.actor % ACTORS}"})
        height = placed.middle_of(0) if _commits(row) else placed.middle_of(len(placed.lines) - 1)
        if _commits(row):
            _line(group, "reach", layout.lanes[row.actor] + layout.lane_width, height, x, height)
        ET.SubElement(
            group, "circle", {"class": "in" if _commits(row) else "out", "cx": _px(x), "cy": _px(height), "r": "6"}
        )
        _text(group, x + 16, height, f"{name} commits" if _commits(row) else f"{name} rolled back", "note")


def _commits(row: Row) -> bool:
    event = row.event
    done = event.kind in {"does", "goes on"} and not event.error and not event.result.startswith("ROLLBACK")
    return done and event.text.upper().startswith(_COMMITS)


def _draw_thread(root: ET.Element, layout: Layout) -> None:
    """Draw the thread that runs from step to step: whose turn it is. Where it leaves a lane too early, it says so."""
    last: tuple[float, float] | None = None
    for placed in layout.rows:
        row = placed.row
        if row.whole:
            last = None  # what comes after a crash doesn't go on from what came before
        if not row.number:
            continue
        x, y = layout.lanes[row.actor] + BADGE, placed.middle_of(0)
        if last is not None:
            crossing = placed.top - (14 if row.switch else 4)
            path = f"M {_px(last[0])} {_px(last[1])} V {_px(crossing)} H {_px(x)} V {_px(y)}"
            if last[0] == x:
                path = f"M {_px(x)} {_px(last[1])} V {_px(y)}"
            ET.SubElement(root, "path", {"class": "thread", "d": path})
            if row.switch:
                # Between the two lanes' edges, where neither has a bar.
                middle = (layout.lanes[row.actor] if x > last[0] else last[0] - BADGE) - LANES_APART / 2
                ET.SubElement(root, "rect", {"class": "pill", **_box(middle - 25, crossing - 9, 50, 18), "rx": "9"})
                _text(root, middle, crossing, "switch", "note").set("text-anchor", "middle")
        last = (x, y)


def _draw_across(root: ET.Element, layout: Layout, placed: PlacedRow) -> None:
    """Draw what befalls a program as a whole: a crash tears through all lanes."""
    kind, right = placed.row.event.kind, layout.width - MARGIN
    group = ET.SubElement(root, "g", {"class": kind})
    if kind == "crashes":
        box = _box(MARGIN, placed.top, right - MARGIN, placed.bottom - placed.top)
        ET.SubElement(group, "rect", {"class": "band", **box})
        for edge in (placed.top, placed.bottom):
            teeth = round((right - MARGIN) / (2 * _TOOTH))
            path = f"M {_px(MARGIN)} {_px(edge)}" + f" l {_px(_TOOTH)} -4 l {_px(_TOOTH)} 4" * teeth
            ET.SubElement(group, "path", {"class": "tear", "d": path})
    else:
        _line(group, "rail", MARGIN, placed.middle_of(0), right, placed.middle_of(0))
        told = placed.lines[0].text
        box = _box(MARGIN + 4, placed.middle_of(0) - 9, BADGE + 20 + len(told) * 7, 18)
        ET.SubElement(group, "rect", {"class": "ground", **box})
    _text(group, MARGIN + BADGE, placed.middle_of(0), ACROSS_SIGNS[kind], "sign")
    for at, line in enumerate(placed.lines):
        _text(group, MARGIN + TEXT, placed.middle_of(at), line.text, line.tone)


def _draw_row(root: ET.Element, layout: Layout, placed: PlacedRow) -> None:
    row = placed.row
    if row.whole:
        _draw_across(root, layout, placed)
        return
    left = layout.lanes[row.actor]
    group = ET.SubElement(root, "g", {"class": f"lane{row.actor % ACTORS}"})
    middle = placed.middle_of(0)
    place = {"cx": _px(left + BADGE), "cy": _px(middle)}
    if row.marked:
        ET.SubElement(group, "circle", {"class": "mark", "r": _px(_RADIUS + 4), **place})
    if row.number:
        again = row.event.kind == "goes on"
        ET.SubElement(group, "circle", {"class": "badge" if again else "badge done", "r": _px(_RADIUS), **place})
        kind = "number small" if row.number >= _SMALL_FROM else "number"
        _text(group, left + BADGE, middle, str(row.number), f"{kind} again" if again else kind)
    else:
        ET.SubElement(group, "circle", {"class": "badge", "r": "4", **place})
    for at, line in enumerate(placed.lines):
        element = _text(group, left + TEXT, placed.middle_of(at), "", line.tone)
        verb, blank, rest = line.text.partition(" ")
        if line.tone == "statement" and at == 0:
            word = ET.SubElement(element, "tspan", {"class": "verb"})
            word.text, word.tail = verb, blank + rest
        else:
            element.text = line.text
    if row.event.kind == "waits":
        _draw_pulls(root, layout, placed)


def _draw_pulls(root: ET.Element, layout: Layout, placed: PlacedRow) -> None:
    """Draw an arrow from one who waits to each of those who hold what it waits for."""
    y = placed.middle_of(_first(placed, "wait"))
    own, actors = placed.row.actor, layout.timeline.actors
    others = [actors.index(name) for name in placed.row.event.blockers if name in actors]
    for other in others:
        inwards = 1 if other > own else -1
        start = layout.lanes[own] + (layout.lane_width if other > own else 0)
        end = layout.lanes[other] + (0 if other > own else layout.lane_width)
        _line(root, "pull", start, y, end - 6 * inwards, y)
        tip = f"M {_px(end)} {_px(y)} l {-8 * inwards} -5 v 10 z"
        ET.SubElement(root, "path", {"class": "tip", "d": tip})
        # The arrow to one further on runs through this lane: then the words stand above it.
        above = 10 if any((beyond - other) * inwards > 0 for beyond in others) else 0
        text = _text(root, end + 15 * inwards, y - above, "holds the lock", "wait")
        text.set("text-anchor", "start" if other > own else "end")


def _draw_break(root: ET.Element, layout: Layout, box: BreakBox) -> None:
    width = layout.width - 2 * MARGIN
    ET.SubElement(root, "rect", {"class": "box", **_box(MARGIN, box.top, width, box.bottom - box.top), "rx": "8"})
    first = (box.top + box.bottom - len(box.lines) * LINE) / 2
    for at, line in enumerate(box.lines):
        _text(root, MARGIN + 18, first + (at + 0.5) * LINE, line.text, line.tone)


def _first(placed: PlacedRow, tone: str) -> int:
    return next(at for at, line in enumerate(placed.lines) if line.tone == tone)


def _text(parent: ET.Element, x: float, middle: float, text: str, kind: str) -> ET.Element:
    element = ET.SubElement(parent, "text", {"class": kind, "x": _px(x), "y": _px(middle + _BASELINE)})
    element.text = text
    return element


def _line(parent: ET.Element, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:  # noqa: PLR0913, PLR0917 - two points
    ET.SubElement(parent, "line", {"class": kind, "x1": _px(x1), "y1": _px(y1), "x2": _px(x2), "y2": _px(y2)})


def _box(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {"x": _px(x), "y": _px(y), "width": _px(width), "height": _px(height)}


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
