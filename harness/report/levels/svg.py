"""A working table as a picture that stands alone: a band a level, a card a row, threads to what came of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from harness.judging.working_table import WorkingTable
from harness.report.levels.layout import CARDS_APART, LINE, MARGIN, PADDING, Card, Layout, layout_of
from harness.report.timeline.style import MONO, SANS, palette
from harness.report.values import escape

_BASELINE = 4.5  # from the middle of a line of text to what its letters stand on

STYLE = f"""{palette(".levels")}
.levels {{ background: var(--page); }}
.levels text {{ font: 13px {SANS}; fill: var(--ink); white-space: pre; }}
.levels .ground {{ fill: var(--page); }}
.levels .level {{ font-size: 15px; font-weight: 600; fill: var(--lane0); }}
.levels .note {{ font-size: 12px; fill: var(--soft); }}
.levels .end {{ font-weight: 600; fill: var(--lane1); }}
.levels .endless {{ font-weight: 600; fill: var(--accent); }}
.levels .rule {{ stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 4; stroke-linecap: round; }}
.levels .card {{ fill: var(--card); stroke: var(--line); stroke-width: 1.2; }}
.levels .circle {{ fill: var(--blush); stroke: var(--accent); stroke-width: 2; }}
.levels .name {{ font-family: {MONO}; fill: var(--soft); }}
.levels .value {{ font-family: {MONO}; font-weight: 600; text-anchor: end; }}
.levels .thread {{ fill: none; stroke: var(--thread); stroke-width: 1.5; }}
.levels .round {{ fill: none; stroke: var(--accent); stroke-width: 2.2; }}
.levels .back {{ fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-dasharray: 6 5; }}
"""


def svg(table: WorkingTable, title: str) -> str:
    """Return the picture of a working table that has rows."""
    layout = layout_of(table)
    size = {"width": _px(layout.width), "height": _px(layout.height)}
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "levels",
            "viewBox": f"0 0 {_px(layout.width)} {_px(layout.height)}",
            **size,
            "role": "img",
            "aria-labelledby": "levels-title levels-story",
        },
    )
    ET.SubElement(root, "title", {"id": "levels-title"}).text = escape(title)
    ET.SubElement(root, "desc", {"id": "levels-story"}).text = _in_words(table, layout)
    ET.SubElement(root, "style").text = STYLE
    ET.SubElement(root, "rect", {"class": "ground", **size})
    _draw_threads(root, layout)
    for band in layout.bands:
        if band.gap:
            _text(root, MARGIN, band.y - 22, f"⋮ {_counted(band.gap, 'level')} more", "note")
        middle = band.y + layout.card_height / 2
        _text(root, MARGIN, middle - 9, f"level {band.level:,}", "level")
        _text(root, MARGIN, middle + 11, _counted(len(table.levels[band.level]), "row"), "note")
        if dropped := sum(table.left_out[band.level : band.level + 1]):
            _text(root, MARGIN, middle + 28, f"{dropped:,} left out", "note")
        for card in band.cards:
            _draw_card(root, layout, card)
        if band.more:
            x = band.cards[-1].x + layout.card_width + CARDS_APART
            _text(root, x, middle, f"+ {band.more:,} more", "note")
    _draw_return(root, layout)
    words, kind = _closing(table, layout)
    _text(root, MARGIN, layout.note, words, kind)
    return ET.tostring(root, encoding="unicode") + "\n"


def _in_words(table: WorkingTable, layout: Layout) -> str:
    """Return the whole story for whoever can't see it."""
    told = []
    for band in layout.bands:
        rows = "; ".join(
            ", ".join(f"{name} {value}" for name, value in zip(layout.names, card.values, strict=True))
            for card in band.cards
        )
        told.append(f"Level {band.level}, {_counted(len(table.levels[band.level]), 'row')}: {rows}.")
    return " ".join([*told, _closing(table, layout)[0]])


def _closing(table: WorkingTable, layout: Layout) -> tuple[str, str]:
    count, last = len(table.levels), layout.bands[-1].level
    left_out = f"⋮ {_counted(count - last - 1, 'level')} more, and " if last + 1 < count else ""
    if table.ended:
        return f"{left_out}level {count:,} found no rows: there the recursion ended.", "end"
    rows = _counted(len(table.levels[-1]), "row")
    if table.goes_on:
        return f"{left_out}so on: {rows} on level {count - 1:,}.", "note"
    return f"{left_out}no end: {rows} on level {count - 1:,}.", "endless"


def _draw_threads(root: ET.Element, layout: Layout) -> None:
    for above, band in zip(layout.bands, layout.bands[1:], strict=False):
        if band.gap:
            continue
        placed = {card.number: card for card in above.cards}
        for card in band.cards:
            origin = placed.get(card.row.origin) if card.row.origin is not None else None
            if origin is None:
                continue
            x1, y1 = origin.x + layout.card_width / 2, origin.y + layout.card_height
            x2, y2 = card.x + layout.card_width / 2, card.y
            middle = (y1 + y2) / 2
            kind = "round" if card.on_circle and origin.on_circle else "thread"
            path = f"M {_px(x1)} {_px(y1)} C {_px(x1)} {_px(middle)} {_px(x2)} {_px(middle)} {_px(x2)} {_px(y2)}"
            ET.SubElement(root, "path", {"class": kind, "d": path})


def _draw_return(root: ET.Element, layout: Layout) -> None:
    """Draw the way back from the last row of a circle to the first, at which it is again."""
    cards = [card for band in layout.bands for card in band.cards if card.on_circle]
    if len(cards) < 2:  # noqa: PLR2004 - the two ends of the way
        return
    first, last = cards[0], cards[-1]
    x1, y1 = last.x + layout.card_width, last.y + layout.card_height / 2
    x2, y2 = first.x + layout.card_width, first.y + layout.card_height / 2
    bow = max(x1, x2) + 34
    path = f"M {_px(x1)} {_px(y1)} C {_px(bow)} {_px(y1)} {_px(bow)} {_px(y2)} {_px(x2 + 7)} {_px(y2)}"
    ET.SubElement(root, "path", {"class": "back", "d": path})
    tip = f"M {_px(x2)} {_px(y2)} l 9 -5 v 10 z"
    ET.SubElement(root, "path", {"class": "tip", "d": tip, "fill": "var(--accent)"})


def _draw_card(root: ET.Element, layout: Layout, card: Card) -> None:
    box = {
        "x": _px(card.x),
        "y": _px(card.y),
        "width": _px(layout.card_width),
        "height": _px(layout.card_height),
        "rx": "8",
    }
    ET.SubElement(root, "rect", {"class": "circle" if card.on_circle else "card", **box})
    for at, (name, value) in enumerate(zip(layout.names, card.values, strict=True)):
        y = card.y + PADDING + (at + 0.5) * LINE
        _text(root, card.x + PADDING, y, name, "name")
        _text(root, card.x + layout.card_width - PADDING, y, value, "value")


def _text(parent: ET.Element, x: float, middle: float, text: str, kind: str) -> None:
    element = ET.SubElement(parent, "text", {"class": kind, "x": _px(x), "y": _px(middle + _BASELINE)})
    element.text = text


def _counted(count: int, thing: str) -> str:
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
