"""Whether a query gets its answer by a recursion: a query behind WITH RECURSIVE that names itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.judging import sql as reading
from harness.judging.queries import base_tables, refuse_literals, require_tables, the_query, unreadable
from harness.judging.structure import WrongStructure

if TYPE_CHECKING:
    from harness.judging.sql import Tree

_WHY_RECURSION = (
    "a recursion goes on as long as it finds new rows; joins go as deep as somebody has written them, "
    "and are wrong without a word on the day when there is one level more."
)


def require_recursive_query(sql: str, *, tables: Sequence[str], ask: str) -> None:
    """Raise WrongStructure unless the answer is made out of the tables named, by a recursion that reads one of them.

    Any form of recursion is welcome: UNION or UNION ALL, with SEARCH and CYCLE or with a path of one's own, several in
    a row, at the top or in a subquery. Raises CouldNotJudge where sqlglot can't read the text.
    """
    query = the_query(sql)
    try:
        refuse_literals(sql, query, ask)
        parts = reading.parts(query)
        require_tables(parts, tables, ask)
        recursive = any(_reads(part, tables) for part in parts if names_itself(part))
    except RecursionError as error:
        raise unreadable() from error
    if not recursive:
        says_so = any(word.text.upper() == "RECURSIVE" for word in reading.words(sql))
        raise WrongStructure(
            "recursion",
            f"No recursion over {' or '.join(tables)} has a part in the result.",
            why=_WHY_RECURSION,
            advice="The word RECURSIVE alone makes none: a query is recursive if it names itself in its FROM."
            if says_so
            else "Write WITH RECURSIVE t AS (the first rows UNION ALL the next rows, made of those in t).",
            ask=ask,
        )


def names_itself(part: Tree) -> bool:
    """Return whether a query, one of `parts`, refers to itself."""
    from sqlglot import exp

    return any(
        (definition := reading.definition(table)) is not None and definition.this is part
        for table in reading.nodes(part, exp.Table)
    )


def _reads(part: Tree, tables: Sequence[str]) -> bool:
    behind = [table for inner in reading.parts(part) for table in base_tables(inner)]
    return any(reading.folded(table.this) in tables for table in behind)
