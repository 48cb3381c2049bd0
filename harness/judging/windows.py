"""Whether a query gets its answer by a window function: not by a self-join, a correlated subquery or a literal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from harness.judging import sql as reading
from harness.judging.levels import holds, levels_above, refers_to
from harness.judging.neighbours import unordered_neighbours
from harness.judging.queries import base_tables, place_of, refuse_literals, require_tables, the_query, unreadable
from harness.judging.structure import Place, WrongStructure
from harness.judging.uses import uses_window

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
_UNUSED = "One is there, but its value is neither in the result nor decides which rows are in it."
_WHY_ORDER = (
    "without ORDER BY the rows of a window come in an order that nobody promises: "
    "today perhaps the one you mean, tomorrow, with more data, another."
)


def require_window_query(sql: str, *, tables: Sequence[str], ask: str, or_distinct_on: bool = False) -> None:
    """Raise WrongStructure unless a window function makes the answer out of the tables named.

    The rows of the tables named may not be paired with themselves or searched again for every row; any other table
    may be read as often as one likes. The value of the window has to be in the result or decide which rows are in it,
    and lag() and lead() need a window with an order.
    Named windows, subqueries, WITH queries, qualified and quoted names, and any case are welcome; what counts is what
    the result is made of. With `or_distinct_on`, SELECT DISTINCT ON serves as well as a window function.
    Raises CouldNotJudge where sqlglot can't read the text.
    """
    query = the_query(sql)
    try:
        _require(sql, query, tables, ask, or_distinct_on=or_distinct_on)
    except RecursionError as error:
        raise unreadable() from error


def _require(sql: str, query: Tree, tables: Sequence[str], ask: str, *, or_distinct_on: bool) -> None:
    parts = reading.parts(query)
    refuse_literals(sql, query, ask)
    require_tables(parts, tables, ask)
    for part in parts:
        _refuse_self_joins(sql, part, tables, ask)
        _refuse_correlated(sql, part, tables, ask)
        _refuse_unordered(sql, part)
    if not uses_window(query) and not (or_distinct_on and any(map(_has_distinct_on, parts))):
        raise WrongStructure(
            "window function",
            "No window function has a part in the result.",
            why=_WHY_WINDOW,
            advice=_UNUSED if any(map(_has_window, parts)) else "Look for a function followed by OVER (...).",
            ask=ask,
        )


def _has_window(part: Tree) -> bool:
    """Whether some OVER is there; a WINDOW clause that nobody uses is none."""
    from sqlglot import exp

    return any(window.arg_key != "windows" for window in reading.nodes(part, exp.Window))


def _has_distinct_on(part: Tree) -> bool:
    from sqlglot import exp

    return any(distinct.args.get("on") for distinct in reading.nodes(part, exp.Distinct))


def _identities(entry: Tree, tables: Sequence[str]) -> list[tuple[str, Tree]]:
    """Name what an entry of FROM reads, with the node to point at: equal names are the same rows read again.

    Only rows of `tables`, and rows made of them, have a name. A query that only selects or filters hands the rows on,
    so it is seen through; any other is its own text.
    """
    from sqlglot import exp

    target = reading.target(entry)
    if target is None:
        named = isinstance(entry, exp.Table) and reading.folded(entry.this) in tables
        return [(reading.folded(entry.this), entry)] if named else []
    if _hands_rows_on(target):
        return [(name, entry) for inner in reading.sources(target) for name, _ in _identities(inner, tables)]
    behind = {reading.folded(table.this) for table in _base_tables_behind(target)}
    return [(target.sql("postgres", comments=False), entry)] if behind.intersection(tables) else []


def _base_tables_behind(query: Tree) -> Iterator[exp.Table]:
    for part in reading.parts(query):
        yield from base_tables(part)


def _hands_rows_on(query: Tree) -> bool:
    from sqlglot import exp

    if not isinstance(query, exp.Select):
        return False
    if any(query.args.get(clause) for clause in ("group", "distinct", "limit", "offset", "having")):
        return False
    own = [node for item in query.expressions for node in reading.nodes(item, exp.Expr)]
    return not any(isinstance(node, exp.Window | exp.AggFunc) for node in own)


def _refuse_self_joins(sql: str, part: Tree, tables: Sequence[str], ask: str) -> None:
    from sqlglot import exp

    for select in reading.nodes(part, exp.Select):
        seen: dict[str, Tree] = {}
        for name, entry in _reads(reading.sources(select), tables):
            if name in seen:
                places = [place_of(sql, seen[name]), place_of(sql, entry)]
                raise WrongStructure(
                    "no self-join",
                    f"A self-join: {_called(name, entry)} is read twice in one FROM.",
                    why=_WHY_JOIN,
                    places=[place for place in places if place],
                    ask=ask,
                )
            seen[name] = entry


def _refuse_correlated(sql: str, part: Tree, tables: Sequence[str], ask: str) -> None:
    from sqlglot import exp

    for inner in reading.nodes(part, exp.Select):
        for outer in levels_above(inner):
            if not refers_to(inner, outer):
                continue
            beside = [entry for entry in reading.sources(outer) if not holds(entry, inner)]
            around = {name for name, _ in _reads(beside, tables)}
            again = [(name, entry) for name, entry in _reads(reading.nodes(inner, exp.Table), tables) if name in around]
            for name, entry in again[:1]:
                place = place_of(sql, entry)
                raise WrongStructure(
                    "no correlated subquery",
                    f"A correlated subquery reads {_called(name, entry)} again for every row of it.",
                    why=_WHY_CORRELATED,
                    places=[place] if place else [],
                    ask=ask,
                )


def _refuse_unordered(sql: str, part: Tree) -> None:
    # sqlglot knows where the name of a function stands, but walks its tree in another order than people read.
    for function in sorted(unordered_neighbours(part), key=lambda function: function.meta["start"]):
        raise WrongStructure(
            "neighbours in order",
            f"{function.sql_name().lower()}() looks at a neighbour, but its window has no ORDER BY.",
            why=_WHY_ORDER,
            places=[Place.of(sql, function.meta["start"], function.meta["end"])],
            ask="Which column says which row comes before which, and how does the window get to know?",
        )


def _reads(entries: Iterable[Tree], tables: Sequence[str]) -> list[tuple[str, Tree]]:
    return [pair for entry in entries for pair in _identities(entry, tables)]


def _called(name: str, entry: Tree) -> str:
    """Name a thing read twice as the learner does: a table or WITH query by its name."""
    from sqlglot import exp

    if " " not in name:
        return name
    return entry.name if isinstance(entry, exp.Table) else "the same subquery"
