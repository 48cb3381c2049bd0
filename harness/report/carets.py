"""A line of the learner's file with its number, and marks under what is meant."""

from __future__ import annotations

from harness.report.values import escape, width_of

_TAB = "    "


def excerpt(number: int, text: str, start: int, length: int, width: int) -> list[str]:
    """Return the numbered line, cut to `width`, and below it `length` carets from the 0-based `start`."""
    margin = f"  {number} │ "
    # What can't be in sight isn't measured: the line may hold a megabyte.
    first, end = max(0, start - 2 * width), start + length
    before, marked, after = (
        _flat(part) for part in (text[first:start], text[start:end][: 2 * width], text[end : end + 2 * width])
    )
    room = width - width_of(margin)
    if first or width_of(before) + max(1, width_of(marked)) > room:
        # Keep what stands before the mark short, so that the mark itself is in sight.
        while before and width_of(before) > room // 2:
            before = before[1:]
        before = "…" + before[1:]
    line = before + marked + after
    if len(text) > end + 2 * width or width_of(line) > room:
        while line and width_of(line) >= room:
            line = line[:-1]
        line += "…"
    carets = "^" * max(1, min(width_of(marked), room - width_of(before)))
    gap = " " * width_of(before)
    return [f"{margin}{line}".rstrip(), f"{' ' * (len(margin) - 2)}│ {gap}{carets}"]


def at_position(sql: str, position: int, width: int) -> tuple[int, list[str]]:
    """Return the number of the line that holds the 1-based character `position`, and its excerpt with a caret.

    A position behind the text, where the server had expected more, is shown behind the last word.
    """
    offset = max(0, min(position - 1, len(sql)))
    if not sql[offset:].strip():
        offset = len(sql.rstrip())
    start = sql.rfind("\n", 0, offset) + 1
    number = sql.count("\n", 0, offset) + 1
    text = sql[start:].split("\n", 1)[0].rstrip("\r")
    return number, excerpt(number, text, offset - start, 1, width)


def _flat(text: str) -> str:
    return escape(text.replace("\t", _TAB))
