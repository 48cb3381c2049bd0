"""What crosses between a test and the learner's code, and what can't."""

from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from harness.answers import plain


def crossed(value):
    return plain.read_back(json.loads(json.dumps(plain.written(value))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**200),
        0.1,
        float("-inf"),
        "",
        "Zoë \ud800 \0 \N{SNOWMAN}",
        b"",
        bytes(range(256)),
        Decimal("1.50"),
        Decimal("-Infinity"),
        dt.datetime(2027, 7, 1, 12, 30, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-7))),
        dt.datetime(1, 1, 1),  # noqa: DTZ001 - a moment without a zone is a plain value too
        dt.date.max,
        dt.time(23, 59, 59, 999999),
        dt.timedelta(days=-1, microseconds=1),
        uuid.UUID(int=7),
        [],
        {},
        {"": [{"a": [None, Decimal("NaN").is_nan()]}], "decimal": "x"},
    ],
    ids=repr,
)
def test_a_plain_value_crosses_unchanged(value):
    """What is written as JSON is read back as it was, its kind included."""
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


class Colour(enum.IntEnum):
    """A relative of int."""

    RED = 1


class Point(NamedTuple):
    """A relative of tuple."""

    x: int
    y: int


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (Point(1, 2), [1, 2]),
        (Colour.RED, 1),
        ({"dict": {"decimal": "1"}}, {"dict": {"decimal": "1"}}),
        (dt.datetime(2027, 7, 1, tzinfo=ZoneInfo("Europe/Paris")), dt.datetime(2027, 6, 30, 22, tzinfo=dt.UTC)),
    ],
    ids=repr,
)
def test_a_near_relative_crosses_as_the_plain_kind(value, other):
    """A tuple becomes a list, an enumeration's member its number, a time zone its offset."""
    found = crossed(value)
    assert found == other
    assert type(found) is type(other)


NESTED: list = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1, 2}, "a set"),
        (object(), "an object"),
        ([{"a": print}], "a builtin_function_or_method"),
        ({1: 2}, "the key 1, which is an int"),
        (NESTED, "more than 50 levels"),
        (10**5000, "thousands of digits"),
        ("x" * 1_000_001, "more than 1,000,000 characters"),
        (uuid, "a module"),
        (iter([1]), "a list_iterator"),
        (Decimal, "a type"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_named(value, words):
    """A value that can't cross is refused with what it is."""
    with pytest.raises(plain.NotPlain, match=words):
        plain.written(value)
