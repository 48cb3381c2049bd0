"""Which queries around a subquery it takes columns from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.judging import sql as reading

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Tree


def levels_above(inner: exp.Select) -> Iterator[exp.Select]:
    """Give the queries whose columns a subquery may use; a WITH query can't see the query that it belongs to."""
    from sqlglot import exp

    node = inner.parent
    while node is not None:
        if isinstance(node, exp.CTE):
            node = node.parent.parent if node.parent is not None else None
            if node is None:
                return
        elif isinstance(node, exp.Select):
            yield node
        node = node.parent


def holds(entry: Tree, inner: Tree) -> bool:
    """Return whether a query stands somewhere within an entry of FROM."""
    return any(node is inner for node in entry.walk())


def refers_to(inner: exp.Select, outer: exp.Select) -> bool:
    """Return whether a column within the inner query is surely one of the outer query's."""
    return _by_qualifier(inner, outer) or _by_new_name(inner, outer)


def _by_qualifier(inner: exp.Select, outer: exp.Select) -> bool:
    from sqlglot import exp

    names = {reading.alias(entry) for entry in reading.sources(outer) if not holds(entry, inner)}
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


def _by_new_name(inner: exp.Select, outer: exp.Select) -> bool:
    """Tell a column without a qualifier by a name that only the outer query's FROM has given it.

    Nobody knows here which columns a table has. But where a derived table calls customer_id of payment cid, and never
    reads a cid there, a cid in a subquery over payment alone is that of the derived table.
    """
    from sqlglot import exp

    for entry in reading.sources(outer):
        query = None if holds(entry, inner) else reading.target(entry)
        if query is None or not isinstance(query, exp.Select):
            continue
        read, renamed = _plain_tables(query), _new_names(query)
        for column in reading.nodes(inner, exp.Column) if read else ():
            if column.args.get("table") is not None or reading.folded(column.this) not in renamed:
                continue
            tables = [_plain_tables(level) for level in _levels_below(column, outer)]
            if all(names and names <= read for names in tables):
                return True
    return False


def _plain_tables(select: exp.Select) -> set[str]:
    """Return the database's tables that a query reads; none where it reads anything else as well."""
    from sqlglot import exp

    entries = list(reading.sources(select))
    plain = all(
        isinstance(entry, exp.Table) and isinstance(entry.this, exp.Identifier) and reading.target(entry) is None
        for entry in entries
    )
    return {reading.folded(entry.this) for entry in entries} if plain else set()


def _new_names(select: exp.Select) -> set[str]:
    from sqlglot import exp

    read = {reading.folded(column.this) for column in reading.nodes(select, exp.Column)}
    aliases = [item for item in select.expressions if isinstance(item, exp.Alias) and isinstance(item.this, exp.Column)]
    return {reading.folded(item.args["alias"]) for item in aliases} - read


def _levels_below(column: exp.Column, outer: exp.Select) -> Iterator[exp.Select]:
    level = column.parent_select
    while isinstance(level, type(outer)) and level is not outer:
        yield level
        level = level.parent_select
