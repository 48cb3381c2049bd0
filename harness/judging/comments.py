"""Comments taken out of a query before it is read: sqlglot can't read them within some clauses (PARTITION/**/BY)."""

from __future__ import annotations

import re

# Whatever opens one of these hides the others until it closes. A $ within a name opens nothing.
_OPENING = re.compile(
    r"""(?P<escaped>\b[eE]'(?:[^'\\]|\\.|'')*+'?)
    |(?P<text>'[^']*+'?)
    |(?P<name>"[^"]*+"?)
    |(?P<dollar>(?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$)
    |(?P<line>--[^\r\n]*+)
    |(?P<block>/\*)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_VISIBLE = re.compile(r"[^\r\n]")


def blanked(sql: str) -> str:
    """Return the text with spaces in the place of its comments, so that every other character keeps its offset.

    Block comments nest. One that never closes stays as it is, as nobody can say what it hides.
    """
    kept: list[str] = []
    at = 0
    while opening := _OPENING.search(sql, at):
        end = opening.end()
        is_comment = opening["line"] is not None
        if opening["dollar"]:
            closing = sql.find(opening["dollar"], end)
            end = len(sql) if closing < 0 else closing + len(opening["dollar"])
        elif opening["block"]:
            closed = _end_of_block(sql, end)
            is_comment = closed is not None
            end = closed or len(sql)
        kept.append(sql[at : opening.start()])
        found = sql[opening.start() : end]
        kept.append(_VISIBLE.sub(" ", found) if is_comment else found)
        at = end
    return "".join(kept) + sql[at:]


def _end_of_block(sql: str, at: int) -> int | None:
    depth = 1
    for edge in _BLOCK_EDGE.finditer(sql, at):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return None
