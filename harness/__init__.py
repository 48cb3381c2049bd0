"""What a lab's tests may import: a few names, in the words of the labs."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from harness.answers import Answers, Origin, QueryResult
from harness.errors import Wrong
from harness.judging import (
    compare,
    require_one_reading_statement,
    require_recursive_query,
    require_same,
    require_tables_named_once,
    require_window_query,
)
from harness.services import Database, Dataset, PostgresServer
from harness.table import Table

if TYPE_CHECKING:
    from harness.explorers.clock import VirtualClock
    from harness.explorers.crashes import History
    from harness.explorers.interleavings import Anomaly, Difference, Look, Outcome, differs, no_rows, nobody_waits
    from harness.explorers.stories import Script
    from harness.explorers.stories.machine import StoryMachine
    from harness.explorers.upstream import Answer
    from harness.judging.histories import (
        effects_once,
        exactly,
        in_order_per_key,
        nothing_acknowledged_undone,
        nothing_is_lost,
    )

__all__ = [
    "Anomaly",
    "Answer",
    "Answers",
    "Database",
    "Dataset",
    "Difference",
    "History",
    "Look",
    "Outcome",
    "PostgresServer",
    "QueryResult",
    "Script",
    "StoryMachine",
    "Table",
    "VirtualClock",
    "differs",
    "effects_once",
    "exactly",
    "expect",
    "expect_each_table_named_once",
    "expect_recursive_query",
    "expect_rows",
    "expect_window_query",
    "in_order_per_key",
    "no_rows",
    "nobody_waits",
    "nothing_acknowledged_undone",
    "nothing_is_lost",
]

# Where the names are that belong to an explorer: labs without one don't wait for it.
_LATE = {
    **dict.fromkeys(
        ("Anomaly", "Difference", "Look", "Outcome", "differs", "no_rows", "nobody_waits"),
        "harness.explorers.interleavings",
    ),
    "Answer": "harness.explorers.upstream",
    "History": "harness.explorers.crashes",
    "Script": "harness.explorers.stories",
    "StoryMachine": "harness.explorers.stories.machine",
    "VirtualClock": "harness.explorers.clock",
    **dict.fromkeys(
        ("effects_once", "exactly", "in_order_per_key", "nothing_acknowledged_undone", "nothing_is_lost"),
        "harness.judging.histories",
    ),
}


def __getattr__(name: str) -> Any:
    """Import what belongs to the explorers when it is first asked for: labs without it don't wait for it."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATE[name]), name)


def expect(what: str, expected: object, observed: object, *, ask: str) -> None:
    """Hold one value against another, of the same type: `expect("the balance", 30, balance, ask="...")`.

    `what` names it in the report, `ask` is the one question that leads a learner on. Raises `WrongValue`.
    """
    __tracebackhide__ = True
    require_same(what, expected, observed, ask=ask)


def expect_rows(observed: QueryResult, expected: Table, *, ask: str, ask_of_order: str = "") -> None:
    """Hold a query's rows against the expected ones: columns and their types, the rows, their order.

    `ask` is the one question that leads a learner on; where a test is about the order, `ask_of_order` is the one for
    rows that are right and out of place. Raises a subclass of `Wrong` at the first that doesn't hold.
    """
    __tracebackhide__ = True
    try:
        compare(expected, observed.table, ask=ask, ask_of_order=ask_of_order)
    except Wrong as wrong:
        wrong.origin = observed.origin
        raise


def expect_window_query(
    observed: QueryResult, *, tables: Sequence[str], ask: str, or_distinct_on: bool = False
) -> None:
    """Hold a query's structure against the task: one reading statement whose result comes from a window over `tables`.

    It takes a query that has run, so that what the server refuses is never judged by its looks. Self-joins and
    correlated subqueries are refused, every equivalent form passes. Raises `WrongStructure`; `CouldNotJudge` where the
    parser can't read what the server can.
    """
    __tracebackhide__ = True
    rule = functools.partial(require_window_query, tables=tables, ask=ask, or_distinct_on=or_distinct_on)
    _expect_structure(observed, rule)


def expect_recursive_query(observed: QueryResult, *, tables: Sequence[str], ask: str) -> None:
    """Hold a query's structure against the task: one reading statement, a recursion over `tables` makes its result.

    Takes a query that has run, as `expect_window_query` does. Every form of recursion passes; as many joins as there
    happen to be levels don't. Raises `WrongStructure`; `CouldNotJudge` where the parser can't read what the server can.
    """
    __tracebackhide__ = True
    _expect_structure(observed, functools.partial(require_recursive_query, tables=tables, ask=ask))


def expect_each_table_named_once(observed: QueryResult, *, tables: Sequence[str], ask: str) -> None:
    """Hold a query's structure against the task: one reading statement that names each of `tables` once.

    Takes a query that has run, as `expect_window_query` does. Steps behind WITH may be asked as often as one likes.
    Raises `WrongStructure`; `CouldNotJudge` where the parser can't read what the server can.
    """
    __tracebackhide__ = True
    _expect_structure(observed, functools.partial(require_tables_named_once, tables=tables, ask=ask))


def _expect_structure(observed: QueryResult, rule: Callable[[str], None]) -> None:
    __tracebackhide__ = True
    try:
        require_one_reading_statement(observed.source.text)
        rule(observed.source.text)
    except Wrong as wrong:
        # No database: nothing in the rows would show it.
        wrong.origin = Origin(observed.source)
        raise
