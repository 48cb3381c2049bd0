"""What a lab's tests may import: a few names, in the words of the labs."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.answers import Answers, Origin, QueryResult
from harness.errors import Wrong
from harness.judging import compare, require_one_reading_statement, require_same, require_window_query
from harness.services import Database, Dataset, PostgresServer
from harness.table import Table

if TYPE_CHECKING:
    from harness.explorers.clock import VirtualClock
    from harness.explorers.interleavings import Anomaly, Look, Outcome, differs, no_rows, nobody_waits
    from harness.explorers.stories import Script
    from harness.explorers.stories.machine import StoryMachine
    from harness.explorers.upstream import Answer

__all__ = [
    "Anomaly",
    "Answer",
    "Answers",
    "Database",
    "Dataset",
    "Look",
    "Outcome",
    "PostgresServer",
    "QueryResult",
    "Script",
    "StoryMachine",
    "Table",
    "VirtualClock",
    "differs",
    "expect",
    "expect_rows",
    "expect_window_query",
    "no_rows",
    "nobody_waits",
]


def __getattr__(name: str) -> Any:
    """Import what belongs to the explorers when it is first asked for: labs without it don't wait for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = _ROOMS.get(name, "harness.explorers.interleavings")
    return getattr(importlib.import_module(room), name)


_ROOMS = {
    "Answer": "harness.explorers.upstream",
    "Script": "harness.explorers.stories",
    "StoryMachine": "harness.explorers.stories.machine",
    "VirtualClock": "harness.explorers.clock",
}


def expect(what: str, expected: object, observed: object, *, ask: str) -> None:
    """Hold one value against another, of the same type: `expect("the balance", 30, balance, ask="...")`.

    `what` names it in the report, `ask` is the one question that leads a learner on. Raises `WrongValue`.
    """
    __tracebackhide__ = True
    require_same(what, expected, observed, ask=ask)


def expect_rows(observed: QueryResult, expected: Table, *, ask: str) -> None:
    """Hold a query's rows against the expected ones: columns and their types, the rows, their order.

    `ask` is the one question that leads a learner on. Raises a subclass of `Wrong` at the first that doesn't hold.
    """
    __tracebackhide__ = True
    try:
        compare(expected, observed.table, ask=ask)
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
    text = observed.source.text
    try:
        require_one_reading_statement(text)
        require_window_query(text, tables=tables, ask=ask, or_distinct_on=or_distinct_on)
    except Wrong as wrong:
        # No database: nothing in the rows would show it.
        wrong.origin = Origin(observed.source)
        raise
