"""Whether a query gets its answer by a window function: not by a self-join, a correlated subquery or a literal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.errors import CouldNotJudge
from harness.judging import sql as reading
from harness.judging.structure import Place, WrongStructure

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Tree

_WHY_WINDOW = "a window function keeps every row and lets it see its neighbours, in one pass over the table."
_WHY_JOIN = (
    "a window function reads the rows once; a self-join pairs rows with rows, "
    "so ten times the data can take a hundred times as long."
)
_WHY_CORRELATED = (
    "a window function reads the rows once; this subquery runs again for every row, "
    "so ten times the data can take a hundred times as long."
)
_WHY_TABLES = "the tests run the query on other data too, and the answer has to follow the data."


def require_window_query(sql: str, *, tables: Sequence[str], ask: str, or_distinct_on: bool = False) -> None:
    """Raise WrongStructure unless a window function makes the answer out of the tables named.

    Named windows, subqueries, WITH queries, qualified and quoted names, and any case are welcome; what counts is what
    the result is made of. With `or_distinct_on`, SELECT DISTINCT ON serves as well as a window function.
    Raises CouldNotJudge where sqlglot can't read the text.
    """
    query = _the_query(sql)
    parts = reading.parts(query)
    _refuse_literals(sql, query, ask)
    _require_tables(parts, tables, ask)
    for part in parts:
        _refuse_self_joins(sql, part, ask)
        _refuse_correlated(sql, part, ask)
    if not any(map(_has_window, parts)) and not (or_distinct_on and any(map(_has_distinct_on, parts))):
        raise WrongStructure(
            "window function",
            "No window function has a part in the result.",
            why=_WHY_WINDOW,
            advice="Look for a function followed by OVER (...).",
            ask=ask,
        )


def _the_query(sql: str) -> Tree:
    from sqlglot import exp

    try:
        trees = reading.statements(sql)
    except reading.Unreadable as error:
        raise CouldNotJudge(
            "The structure of this query could not be read, so nobody can say how it gets its answer.",
            "If PostgreSQL runs it, write it in plainer forms (WITH, SELECT, JOIN .. ON) and report the query to us.",
        ) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise WrongStructure(
            "one query",
            "This is not one query.",
            why="one query gives one result, and that is the answer.",
            advice="Write one SELECT.",
        )
    return trees[0]


def _has_window(part: Tree) -> bool:
    """Whether some OVER is there; a WINDOW clause that nobody uses is none."""
    from sqlglot import exp

    return any(window.arg_key != "windows" for window in reading.nodes(part, exp.Window))


def _has_distinct_on(part: Tree) -> bool:
    from sqlglot import exp

    return any(distinct.args.get("on") for distinct in reading.nodes(part, exp.Distinct))


def _require_tables(parts: Sequence[Tree], tables: Sequence[str], ask: str) -> None:
    read = {reading.folded(table.this) for part in parts for table in _base_tables(part)}
    unread = [table for table in tables if table not in read]
    if unread:
        raise WrongStructure(
            "reads its tables",
            f"The result is made without reading {' and '.join(unread)}.",
            why=_WHY_TABLES,
            ask=ask,
        )


def _base_tables(part: Tree) -> Iterator[exp.Table]:
    from sqlglot import exp

    for table in reading.nodes(part, exp.Table):
        if isinstance(table.this, exp.Identifier) and reading.definition(table) is None:
            yield table


def _refuse_literals(sql: str, query: Tree, ask: str) -> None:
    if _constant_rows(query, ()) < 1:
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


def _constant_rows(query: Tree, on_the_way: tuple[Tree, ...]) -> int:
    """Count the rows of a query that are written out in its text; 0 where they come from anywhere else.

    One FROM-less row in a union is a total or a heading, not the answer: only two or more count.
    """
    from sqlglot import exp

    query = reading.unwrapped(query)
    if any(query is known for known in on_the_way):
        return 0  # a recursive query that refers to itself
    on_the_way = (*on_the_way, query)
    if isinstance(query, exp.Values):
        return len(query.expressions)
    if isinstance(query, exp.SetOperation):
        branches = [_constant_rows(branch, on_the_way) for branch in (query.left, query.right)]
        return sum(branches) if sum(branches) > 1 else 0
    if not isinstance(query, exp.Select):
        return 0
    entries = list(reading.sources(query))
    if not entries:
        return int(not any(query.find_all(exp.Table)))
    counts = [_constant_rows(target, on_the_way) for target in map(_target, entries) if target is not None]
    return max(counts) if len(counts) == len(entries) and all(counts) else 0


def _target(entry: Tree) -> Tree | None:
    """Return the query behind an entry of FROM; None for a table of the database or a function."""
    from sqlglot import exp

    if isinstance(entry, exp.Table):
        found = reading.definition(entry)
        return found.this if found is not None else None
    if isinstance(entry, exp.Lateral):
        entry = entry.this
    if isinstance(entry, exp.Values):
        return entry
    inner = reading.unwrapped(entry)
    return inner if isinstance(inner, exp.Query) else None


def _identities(entry: Tree) -> list[tuple[str, Tree]]:
    """Name what an entry of FROM reads, with the node to point at: equal names are the same rows read again.

    A query that only selects or filters hands the rows on, so it is seen through; any other is its own text.
    """
    from sqlglot import exp

    target = _target(entry)
    if target is None:
        return [(reading.folded(entry.this), entry)] if isinstance(entry, exp.Table) and entry.name else []
    if _hands_rows_on(target):
        return [(name, entry) for inner in reading.sources(target) for name, _ in _identities(inner)]
    return [(target.sql("postgres", comments=False), entry)] if any(_base_tables_behind(target)) else []


def _base_tables_behind(query: Tree) -> Iterator[exp.Table]:
    for part in reading.parts(query):
        yield from _base_tables(part)


def _hands_rows_on(query: Tree) -> bool:
    from sqlglot import exp

    if not isinstance(query, exp.Select):
        return False
    if any(query.args.get(clause) for clause in ("group", "distinct", "limit", "offset", "having")):
        return False
    own = [node for item in query.expressions for node in reading.nodes(item, exp.Expr)]
    return not any(isinstance(node, exp.Window | exp.AggFunc) for node in own)


def _refuse_self_joins(sql: str, part: Tree, ask: str) -> None:
    from sqlglot import exp

    for select in reading.nodes(part, exp.Select):
        seen: dict[str, Tree] = {}
        for name, entry in (pair for entry in reading.sources(select) for pair in _identities(entry)):
            if name in seen:
                what = _called(name, entry)
                places = [_place(sql, seen[name]), _place(sql, entry)]
                raise WrongStructure(
                    "no self-join",
                    f"A self-join: {what} is read twice in one FROM.",
                    why=_WHY_JOIN,
                    places=[place for place in places if place],
                    ask=ask,
                )
            seen[name] = entry


def _refuse_correlated(sql: str, part: Tree, ask: str) -> None:
    from sqlglot import exp

    for inner in reading.nodes(part, exp.Select):
        outer = inner.parent_select
        while outer is not None:
            if _refers_to(inner, outer):
                around = {
                    name
                    for entry in reading.sources(outer)
                    if not _holds(entry, inner)
                    for name, _ in _identities(entry)
                }
                for name, entry in (
                    pair for table in reading.nodes(inner, exp.Table) for pair in _identities(table)
                ):
                    if name in around:
                        place = _place(sql, entry)
                        raise WrongStructure(
                            "no correlated subquery",
                            f"A correlated subquery reads {_called(name, entry)} again for every row of it.",
                            why=_WHY_CORRELATED,
                            places=[place] if place else [],
                            ask=ask,
                        )
            outer = outer.parent_select


def _holds(entry: Tree, inner: Tree) -> bool:
    return any(node is inner for node in entry.walk())


def _refers_to(inner: exp.Select, outer: exp.Select) -> bool:
    """Whether a column within the inner query is one of the outer query's, by its qualifier."""
    from sqlglot import exp

    names = {reading.alias(entry) for entry in reading.sources(outer) if not _holds(entry, inner)}
    for column in reading.nodes(inner, exp.Column):
        qualifier = reading.folded(column.args.get("table"))
        if qualifier not in names:
            continue
        level = column.parent_select
        while level is not None and level is not outer:
            if qualifier in {reading.alias(entry) for entry in reading.sources(level)}:
                break
            level = level.parent_select
        if level is outer:
            return True
    return False


def _called(name: str, entry: Tree) -> str:
    """Name a thing read twice as the learner does: a table or WITH query by its name."""
    from sqlglot import exp

    if " " not in name:
        return name
    return entry.name if isinstance(entry, exp.Table) else "the same subquery"


def _place(sql: str, entry: Tree) -> Place | None:
    """Point at the first name in an entry of FROM."""
    from sqlglot import exp

    for table in entry.find_all(exp.Table):
        where = table.this.meta if isinstance(table.this, exp.Identifier) else {}
        if "start" in where:
            return Place.of(sql, where["start"], where["end"])
    return None
