"""Plain values: what crosses between a test and the learner's code, the same in one process as between two.

Whatever crosses is written as JSON and read back, so that a tuple becomes a list and a time zone its offset on every
way. What JSON doesn't know is an object with one key, the kind: `{"decimal": "1.50"}`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

# Of one value, as JSON: as large as a message may be.
MOST_CHARACTERS = 1_000_000
# Levels of lists in lists, and digits of a whole number, beyond which Python itself can't write a value down.
_MOST_LEVELS = 50
_MOST_BITS = 14_000

# How a kind that JSON doesn't know is written, and read back.
_TAGGED: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    Decimal: ("decimal", str, Decimal),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
    time: ("time", time.isoformat, time.fromisoformat),
    timedelta: (
        "timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: timedelta(*parts),
    ),
    UUID: ("uuid", str, UUID),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
}
_READERS = {name: reader for name, _, reader in _TAGGED.values()}
_PLAIN = (
    "None, bool, int, float, str, list, tuple, dict with str keys, Decimal, date, datetime, time, timedelta, UUID "
    "and bytes"
)


class NotPlain(ValueError):
    """A value that can't cross; the message says what it is and where, as in `a Cursor`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.advice = f"Plain values are {_PLAIN}."


def written(value: object) -> Any:
    """Return a plain value as JSON knows it. Raises NotPlain."""
    found = _written(value, 0)
    if len(json.dumps(found)) > MOST_CHARACTERS:
        raise NotPlain(f"more than {MOST_CHARACTERS:,} characters")
    return found


def read_back(written_value: Any) -> Any:
    """Return the plain value again."""
    if isinstance(written_value, list):
        return [read_back(inner) for inner in written_value]
    if isinstance(written_value, dict):
        ((kind, inner),) = written_value.items()
        if kind == "dict":
            return {key: read_back(value) for key, value in inner.items()}
        return _READERS[kind](inner)
    return written_value


def _written(value: object, level: int) -> Any:
    if level > _MOST_LEVELS:
        raise NotPlain(f"a value of more than {_MOST_LEVELS} levels")
    for kind in type(value).__mro__:  # a bool is an int and a datetime is a date: the nearest kind counts
        if kind in _WRITERS:
            return _WRITERS[kind](value, level)
        if kind in _TAGGED:
            name, writer, _ = _TAGGED[kind]
            return {name: writer(value)}
    raise NotPlain(_called(value))


def _whole(value: int, _level: int) -> int:
    if value.bit_length() > _MOST_BITS:
        raise NotPlain("a whole number of thousands of digits")
    return int(value)


def _row(values: Iterable[object], level: int) -> list[Any]:
    return [_written(value, level + 1) for value in values]


def _by_key(values: Mapping[object, object], level: int) -> dict[str, Any]:
    return {"dict": {_key(key): _written(value, level + 1) for key, value in values.items()}}


_WRITERS: dict[type, Callable[[Any, int], Any]] = {
    NoneType: lambda value, _: value,
    bool: lambda value, _: value,
    int: _whole,
    float: lambda value, _: float(value),
    str: lambda value, _: str.__str__(value),
    list: _row,
    tuple: _row,
    dict: _by_key,
}


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise NotPlain(f"a dict with the key {key!r:.60}, which is {_called(key)}")
    return str.__str__(key)


def _called(value: object) -> str:
    """Name the kind of a value: `a set`, `an AsyncCursor`."""
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
