"""Statements broken into lines where a reader would break them: before FROM, WHERE, SET and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from harness.report.values import escape, width_of

_HANG = "  "
# Statements come shortened by the explorer; whatever else is longer keeps its beginning and its end.
_LONGEST = 600
_CLAUSE = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|(?<=\s)(?:
        FROM|WHERE|SET|VALUES|AND|OR|GROUP\s+BY|HAVING|ORDER\s+BY|LIMIT|RETURNING|UNION|JOIN|LEFT\s+JOIN|SELECT|UPDATE|
        INSERT|DELETE|ON\s+CONFLICT|DO\s+(?:NOTHING|UPDATE)|FOR\s+(?:NO\s+KEY\s+)?UPDATE|FOR\s+(?:KEY\s+)?SHARE
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def wrap_statement(text: str, width: int) -> list[str]:
    """Return a statement in lines of at most `width` columns, the second and later ones indented."""
    text = shortened(escape(text))
    return [text] if width_of(text) <= width else list(_packed(_clauses(text), width, _HANG))


def wrap_words(text: str, width: int) -> list[str]:
    """Return any other text in lines of at most `width` columns, the second and later ones indented."""
    text = shortened(escape(text))
    return [text] if width_of(text) <= width else list(_packed([text], width, _HANG))


def shortened(text: str) -> str:
    """Return a text, or its beginning and its end where it is longer than any statement of a story."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST * 2 // 3]} … {text[-_LONGEST // 3 :]}"


def _clauses(text: str) -> list[str]:
    starts = [match.start() for match in _CLAUSE.finditer(text) if match.group()[0] not in "'\""]
    bounds = [0, *starts, len(text)]
    parts = [text[start:end].strip() for start, end in pairwise(bounds)]
    return [part for part in parts if part]


def _packed(clauses: Sequence[str], width: int, hang: str) -> Iterator[str]:
    """Put as many whole clauses on a line as fit; one that is longer than a line begins one, broken between words."""
    if width <= len(hang) + 1:
        hang = ""
    room = max(2, width - len(hang))  # a wide character takes two columns
    line = indent = ""
    for clause in clauses:
        for piece, begins_line in [(clause, False)] if width_of(clause) <= room else _pieces(clause, room):
            if line and not begins_line and width_of(f"{indent}{line} {piece}") <= width:
                line = f"{line} {piece}"
                continue
            if line:
                yield indent + line
                indent = hang
            line = piece
    if line:
        yield indent + line


def _pieces(clause: str, room: int) -> Iterator[tuple[str, bool]]:
    """Give the words, and whether each begins a line; one that is longer than a line is broken, come what may."""
    for at, word in enumerate(clause.split()):
        piece, used, begins_line = "", 0, at == 0
        for character in word:
            columns = width_of(character)
            if piece and used + columns > room:
                yield piece, begins_line
                piece, used, begins_line = "", 0, True
            piece += character
            used += columns
        yield piece, begins_line
