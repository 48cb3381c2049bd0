"""What must hold of a history, whatever crashed on the way: nothing lost, effects once, order kept.

Each returns a rule: a pure function from a history to what is wrong, or None. `among` names a list of what was
observed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness.explorers.crashes.history import History, HistoryRule
from harness.explorers.interleavings.trace import Difference

_MOST = 6  # of values that are listed


def nothing_is_lost(among: str, wanted: Iterable[Any], *, fact: str = "Nothing is lost.") -> HistoryRule:
    """Hold that every wanted value was observed, at least once."""
    expected = list(wanted)

    def rule(history: History) -> Difference | None:
        found = history.observed[among]
        missing = [value for value in expected if value not in found]
        if not missing:
            return None
        return Difference(
            f"{among}: {_listed(expected)}", f"{among}: {_listed(found)}; {_listed(missing)} never", _named(missing)
        )

    return _stating(fact, rule)


def effects_once(among: str, *, fact: str = "Nothing happens twice.") -> HistoryRule:
    """Hold that no value was observed more than once."""

    def rule(history: History) -> Difference | None:
        found = history.observed[among]
        once = list(dict.fromkeys(found))
        if len(once) == len(found):
            return None
        often = {value: count for value, count in Counter(found).items() if count > 1}
        told = ", ".join(f"{value} {_times(count)}" for value, count in often.items())
        return Difference(f"{among}: {_listed(once)}", f"{among}: {_listed(found)}; {told}", _named(often))

    return _stating(fact, rule)


def in_order_per_key(
    among: str,
    *,
    key: Callable[[Any], Any],
    by: Callable[[Any], Any],
    fact: str = "The order of each key is kept.",
) -> HistoryRule:
    """Hold that, key by key, each value stands behind all that come before it by `by`, where each is seen first."""

    def rule(history: History) -> Difference | None:
        by_key: dict[Any, list[Any]] = {}
        for value in dict.fromkeys(history.observed[among]):
            by_key.setdefault(key(value), []).append(value)
        for name, values in by_key.items():
            ordered = sorted(values, key=by)
            if values != ordered:
                return Difference(f"{among}, {name}: {_listed(ordered)}", f"{among}, {name}: {_listed(values)}")
        return None

    return _stating(fact, rule)


def exactly(among: str, wanted: Iterable[Any], *, fact: str) -> HistoryRule:
    """Hold that exactly these values were observed, in this order."""
    expected = list(wanted)

    def rule(history: History) -> Difference | None:
        found = list(history.observed[among])
        if found == expected:
            return None
        return Difference(f"{among}: {_listed(expected)}", f"{among}: {_listed(found)}")

    return _stating(fact, rule)


def nothing_acknowledged_undone(among: str, *, fact: str = "Nothing is acknowledged that was not done.") -> HistoryRule:
    """Hold that each message that a program has acknowledged was observed."""

    def rule(history: History) -> Difference | None:
        found = history.observed[among]
        acknowledged = [
            operation.message
            for operation in history.operations
            if operation.kind == "settle" and operation.text.startswith("ack ") and operation.outcome == "ok"
        ]
        undone = [message for message in dict.fromkeys(acknowledged) if message not in found]
        if not undone:
            return None
        return Difference(
            f"{among}: {_listed(acknowledged)}", f"{among}: {_listed(found)}; {_listed(undone)} never", _named(undone)
        )

    return _stating(fact, rule)


def _stating(fact: str, rule: HistoryRule) -> HistoryRule:
    rule.__doc__ = fact
    return rule


def _listed(values: Sequence[Any]) -> str:
    if not values:
        return "nothing"
    shown = ", ".join(str(value) for value in values[:_MOST])
    return f"{shown} and {len(values) - _MOST} more" if len(values) > _MOST else shown


def _named(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, values))


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"  # noqa: PLR2004 - the word for two
