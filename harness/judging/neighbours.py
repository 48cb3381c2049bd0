"""Whether lag() and lead() know which row is the neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.judging import sql as reading

if TYPE_CHECKING:
    from sqlglot import exp

    from harness.judging.sql import Tree


def unordered_neighbours(part: Tree) -> Iterator[exp.Func]:
    """Give each lag() and lead() whose window has no ORDER BY, by itself or through the windows that it names.

    PostgreSQL then hands the rows on in whatever order it has them (4.2.8, Window Function Calls). Often that is the
    order wanted, of a sort for GROUP BY perhaps, and no data shows the mistake. Other functions may do without: the
    number of each of several equal rows, or the first of equal values, is the same in every order.
    """
    from sqlglot import exp

    for select in reading.nodes(part, exp.Select):
        named = {reading.folded(window.this): window for window in select.args.get("windows") or ()}
        for node in _own_nodes(select):
            if isinstance(node, exp.Lag | exp.Lead):
                window = node.find_ancestor(exp.Window)
                if window is not None and not _is_ordered(window, named):
                    yield node


def _own_nodes(select: exp.Select) -> Iterator[Tree]:
    """Give the nodes that see this level's WINDOW clause."""
    from sqlglot import exp

    return select.walk(prune=lambda node: node is not select and isinstance(node, exp.Query | exp.With))


def _is_ordered(window: exp.Window, named: dict[str, exp.Window]) -> bool:
    followed: list[exp.Window] = []
    current: exp.Window | None = window
    # A window that isn't there is for the server to refuse: it never gets here.
    while current is not None and not any(current is one for one in followed):
        if current.args.get("order"):
            return True
        followed.append(current)
        current = named.get(reading.folded(current.args.get("alias")))
    return False
