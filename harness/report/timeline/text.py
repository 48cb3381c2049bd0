"""A timeline for the terminal: a column an actor, a row a step, a bar beside each open transaction.

The golden texts in tests/unit/report/golden/orders show what it looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.explorers.interleavings.steps import Outcome
from harness.report.timeline.rows import Explored, Phase, Row, Timeline, timeline_of
from harness.report.timeline.words import A_SWITCH, ACROSS_SIGNS, BROKEN_HERE, MARKED, came_of
from harness.report.timeline.wrapping import wrap_statement, wrap_words
from harness.report.values import cut, escape, width_of

_GAP = 3
_UNENDED = "(did not end)"
_NARROWEST = 8
# Of a longer story the beginning, what comes before the break, and the end are shown.
_MOST_ROWS = 48
_AT_THE_BEGINNING, _BEFORE_THE_BREAK, _AT_THE_END = 20, 12, 10
_BARS: dict[Phase, str] = {"idle": " ", "open": "│", "waits": "┊"}
# A line of a cell: the sign of the bar at its left, and the text.
Line = tuple[str, str]


def text_timeline(exploration: Explored, width: int = 100) -> list[str]:
    """Return the shortest run that breaks a rule as lines of plain text, at most `width` columns wide."""
    timeline, run = timeline_of(exploration), exploration.shortest
    if run is None or not timeline.rows:
        return []
    margin = max(len(_label(row)) for row in timeline.rows) + 3
    widths = _widths(timeline, run.outcomes, width - margin)
    lines = _header(timeline.actors, widths, margin)
    last_shown = -1
    shown = _shown(timeline.rows)
    for index in shown:
        if index > last_shown + 1:
            left_out = index - last_shown - 1
            lines.append(f"{'⋮':^{margin}}({left_out:,} more {'row' if left_out == 1 else 'rows'})")
        lines += _row_lines(timeline.rows[index], run.outcomes, widths, margin)
        last_shown = index
    lines += _unended(timeline, widths, margin)
    return [line.rstrip() for line in lines]


def key_to(exploration: Explored) -> str:
    """Return what explains the signs of this timeline to whoever has never seen one."""
    rows = timeline_of(exploration).rows
    told = "Read it downwards, a step at a time."
    if any("open" in row.after for row in rows):
        told += " │ is an open transaction."
    goes_on = next((row for row in rows if row.event.kind == "goes on"), None)
    if goes_on is not None:
        told += f" ┊ waits for a lock; at {_label(goes_on)} step {goes_on.number} goes on."
    elif any("waits" in row.after for row in rows):
        told += " ┊ waits for a lock."
    if any(row.event.kind == "crashes" for row in rows):
        told += f" {ACROSS_SIGNS['crashes']} ends the program wherever it is."
    if any(row.marked for row in rows):
        told += f" {MARKED} is about what is wrong."
    return f"{told} {A_SWITCH}" if any(row.switch for row in rows) else told


def _label(row: Row) -> str:
    return f"({row.number})" if row.event.kind == "goes on" else str(row.number) if row.number else ""


def _widths(timeline: Timeline, outcomes: Mapping[str, Outcome], room: int) -> list[int]:
    """Share the room out: nobody gets more than their longest line needs, and the others get what that leaves."""
    wanted = [max(width_of(escape(name)), _NARROWEST) for name in timeline.actors]
    for row in timeline.rows:
        if row.whole:
            continue
        said = [escape(text) for text in came_of(row, outcomes.get(row.event.actor))]
        statement = escape(row.event.text) if row.event.kind != "goes on" else ""
        texts = ["  ".join([statement, *said])] if row.event.kind == "does" else [statement, *said]
        wanted[row.actor] = max(wanted[row.actor], *(width_of(text) + 2 for text in texts))
    for index, name in enumerate(timeline.actors):
        if name in timeline.unended:
            wanted[index] = max(wanted[index], width_of(_UNENDED) + 2)
    left = room - _GAP * (len(wanted) - 1)
    widths = [0] * len(wanted)
    for place, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        widths[index] = max(_NARROWEST, min(wanted[index], left // (len(wanted) - place)))
        left -= widths[index]
    return widths


def _header(actors: Sequence[str], widths: Sequence[int], margin: int) -> list[str]:
    names = [cut(escape(name), width) for name, width in zip(actors, widths, strict=True)]
    return [_beside(names, widths, margin), _beside(["─" * width for width in widths], widths, margin)]


def _row_lines(row: Row, outcomes: Mapping[str, Outcome], widths: Sequence[int], margin: int) -> list[str]:
    lines = []
    across = margin + sum(widths) + _GAP * (len(widths) - 1)
    if row.whole:
        lines.append(_across(ACROSS_SIGNS[row.event.kind], row.event.text, margin, across))
    cell = [] if row.whole else _cell(row, outcomes, widths[row.actor] - 2)
    for at, (bar, text) in enumerate(cell):
        cells = [f"{bar} {text}" if actor == row.actor else _BARS[phase] for actor, phase in enumerate(row.before)]
        label = _label(row) if at == 0 else ""
        sign = MARKED if row.marked and at == 0 else " "
        lines.append(_beside(cells, widths, margin, f"{label:>{margin - 2}}{sign} "))
    if row.breaks:
        lines.append(_across("✗", BROKEN_HERE, margin, across))
    return lines


def _across(sign: str, text: str, margin: int, width: int) -> str:
    """Return a line through all columns."""
    start = f"{sign:>{margin - 2}}  {escape(text)} "
    return start + "─" * max(0, width - width_of(start))


def _cell(row: Row, outcomes: Mapping[str, Outcome], width: int) -> list[Line]:
    """Return the lines of the actor's own column, each with its piece of the bar."""
    event = row.event
    statement = wrap_statement(event.text, width) if event.kind in {"does", "waits"} else []
    said = came_of(row, outcomes.get(event.actor))
    texts = statement + [line for text in said for line in wrap_words(text, width)]
    solid = len(statement) if event.kind == "waits" else len(texts)
    if event.kind == "does" and len(texts) == 2 and width_of("  ".join(texts)) <= width:  # noqa: PLR2004 - both on one line
        texts, solid = ["  ".join(texts)], 1
    open_bar = "│" if row.opens or row.before[row.actor] != "idle" else " "
    bars = [open_bar] * solid + ["┊"] * (len(texts) - solid)
    if row.opens:
        bars[0] = "┌"
    if row.closes:
        bars[-1] = "└"
    return list(zip(bars, texts, strict=True))


def _unended(timeline: Timeline, widths: Sequence[int], margin: int) -> list[str]:
    if not timeline.unended:
        return []
    phases: Sequence[Phase] = timeline.rows[-1].after if timeline.rows else ["idle"] * len(widths)
    cells = [
        f"{_BARS[phase]} {_UNENDED if name in timeline.unended else ''}"
        for name, phase in zip(timeline.actors, phases, strict=True)
    ]
    return [_beside([cut(cell, width) for cell, width in zip(cells, widths, strict=True)], widths, margin)]


def _shown(rows: Sequence[Row]) -> list[int]:
    if len(rows) <= _MOST_ROWS:
        return list(range(len(rows)))
    breaks = next((index for index, row in enumerate(rows) if row.breaks), len(rows) - 1)
    near = range(max(0, breaks - _BEFORE_THE_BREAK), breaks + 1)
    return sorted({*range(_AT_THE_BEGINNING), *near, *range(len(rows) - _AT_THE_END, len(rows))})


def _beside(cells: Sequence[str], widths: Sequence[int], margin: int, label: str = "") -> str:
    line = label or " " * margin
    for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        line += cell + " " * (width - width_of(cell) + (_GAP if at + 1 < len(widths) else 0))
    return line
