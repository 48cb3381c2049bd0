"""When two values are the same: a canonical, hashable form for anything that a driver or an oracle may give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal


def canonical(value: object) -> tuple[object, ...]:  # noqa: C901, PLR0911 - one return a type
    """Return a hashable form that is equal for values which SQL shows as the same, and only for those.

    1, 1.0 and Decimal('1.00') are one number; floats agree when 12 significant digits do, since the order in which
    a server adds them is its own affair; aware datetimes are instants. NULL equals only NULL, NaN equals NaN.
    """
    # bool before int, datetime before date: each is a subclass of the other.
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean", value)
        case int():
            return ("number", Decimal(value))
        case float():
            return _number(Decimal(f"{value:.12g}"))
        case Decimal():
            return _number(value)
        case str():
            return ("text", str(value))
        case datetime():
            return _moment(value)
        case date() | time() | timedelta():
            return (type(value).__name__, value)
        case bytes() | bytearray() | memoryview():
            return ("bytes", bytes(value))
        case list() | tuple():
            return ("array", tuple(canonical(item) for item in value))
        case Mapping():
            return ("object", frozenset((str(name), canonical(item)) for name, item in value.items()))
        case _:
            return ("other", type(value).__name__, str(value))


def canonical_row(row: tuple[object, ...]) -> tuple[object, ...]:
    """Return the canonical forms of a row's cells, in order."""
    return tuple(canonical(cell) for cell in row)


def _number(value: Decimal) -> tuple[object, ...]:
    return ("number", "NaN") if value.is_nan() else ("number", value)


def _moment(value: datetime) -> tuple[object, ...]:
    if value.utcoffset() is None:
        return ("timestamp", value.replace(tzinfo=None))
    try:
        # Compared as it is, a moment within a repeated hour would equal nothing in another zone (PEP 495).
        return ("instant", value.astimezone(UTC))
    except OverflowError:
        return ("instant", value.isoformat())
