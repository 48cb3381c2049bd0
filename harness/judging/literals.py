"""Rows that are written out in a query's text instead of being read from a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.judging import sql as reading

if TYPE_CHECKING:
    from harness.judging.sql import Tree


def constant_rows(query: Tree, on_the_way: tuple[Tree, ...] = ()) -> int:
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
        written = sum(constant_rows(branch, on_the_way) for branch in _branches(query))
        return written if written > 1 else 0
    if not isinstance(query, exp.Select):
        return 0
    entries = list(reading.sources(query))
    if not entries:
        return int(not any(query.find_all(exp.Table)))
    counts = [constant_rows(target, on_the_way) for target in map(reading.target, entries) if target is not None]
    return max(counts) if len(counts) == len(entries) and all(counts) else 0


def _branches(query: Tree) -> list[Tree]:
    from sqlglot import exp

    query = reading.unwrapped(query)
    if not isinstance(query, exp.SetOperation):
        return [query]
    return [*_branches(query.left), *_branches(query.right)]
