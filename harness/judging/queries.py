"""What every rule on the structure of a query begins with: one query, no literal answer, and its tables read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.errors import CouldNotJudge
from harness.judging import sql as reading
from harness.judging.literals import constant_rows
from harness.judging.structure import Place, WrongStructure

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Tree

_WHY_TABLES = "the tests run the query on other data too, and the answer has to follow the data."


def unreadable() -> CouldNotJudge:
    """Return the verdict on a query whose tree nobody can read."""
    return CouldNotJudge(
        "The structure of this query could not be read, so nobody can say how it gets its answer.",
        "If PostgreSQL runs it, write it in plainer forms (WITH, SELECT, JOIN .. ON) and report the query to us.",
    )


def the_query(sql: str) -> Tree:
    """Return the tree of the one query in the text. Raises WrongStructure, and CouldNotJudge where it can't be read."""
    from sqlglot import exp

    try:
        trees = reading.statements(sql)
    except reading.Unreadable as error:
        raise unreadable() from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query | exp.Values):
        raise WrongStructure(
            "one query",
            "This is not one query.",
            why="one query gives one result, and that is the answer.",
            advice="Write one SELECT.",
        )
    return trees[0]


def require_tables(parts: Sequence[Tree], tables: Sequence[str], ask: str) -> None:
    """Raise WrongStructure unless the result is made of all these tables."""
    read = {reading.folded(table.this) for part in parts for table in base_tables(part)}
    unread = [table for table in tables if table not in read]
    if unread:
        raise WrongStructure(
            "reads its tables",
            f"The result is made without reading {' and '.join(unread)}.",
            why=_WHY_TABLES,
            ask=ask,
        )


def base_tables(part: Tree) -> Iterator[exp.Table]:
    """Give every mention of a table of the database in a part."""
    from sqlglot import exp

    for table in reading.nodes(part, exp.Table):
        if isinstance(table.this, exp.Identifier) and reading.definition(table) is None:
            yield table


def refuse_literals(sql: str, query: Tree, ask: str) -> None:
    """Raise WrongStructure where the rows of the result are written into the query."""
    if constant_rows(query) < 1:
        return
    first = next((word for word in reading.words(sql) if word.text.upper() in {"VALUES", "UNION"}), None)
    places = [Place.of(sql, first.start, first.start + len(first.text) - 1)] if first else []
    raise WrongStructure(
        "no literal answers",
        "The rows of the result are written into the query.",
        why=_WHY_TABLES,
        places=places,
        ask=ask,
    )


def place_of(sql: str, entry: Tree) -> Place | None:
    """Point at the first name in an entry of FROM."""
    from sqlglot import exp

    for table in entry.find_all(exp.Table):
        where = table.this.meta if isinstance(table.this, exp.Identifier) else {}
        if "start" in where:
            return Place.of(sql, where["start"], where["end"])
    return None
