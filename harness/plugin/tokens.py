"""What `--replay` names: one order or one run, of one of a test's explorations."""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import UsageError

# Which of a test's explorations, counted from 1, and what is wanted of it; 0 and nothing where none is.
Wanted = tuple[int, str]


def wanted_by(token: str, read: Callable[[str], object], *, what: str, example: str) -> Wanted:
    """Return what a token like ABBA names, or 2-ABBA, of the test's second exploration; an empty one names nothing.

    `read` raises ValueError where the token itself is none. Raises UsageError, which calls it no `what` and gives the
    `example`.
    """
    if not token:
        return 0, ""
    number, dash, rest = token.rpartition("-")
    try:
        read(rest)
        counted = _counted(number) if dash else 1
    except ValueError:
        advice = f"take the token from the failure: it looks like {example}"
        raise UsageError(f'--replay "{token}" names no {what}', advice) from None
    return counted, rest


def _counted(number: str) -> int:
    """Return a number from 1. Raises ValueError for any other text."""
    if not number.isdecimal() or int(number) == 0:
        raise ValueError(number)
    return int(number)
