"""How one value is shown: told apart from every other value, and unable to write on the terminal by itself."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Beyond this power of ten a number is shown with an exponent, as its digits would fill the line.
_MOST_DIGITS = 40


def show(value: object) -> str:
    """Return a value in one line of plain text, as psql would have it: NULL, 'NULL' (a text), 10.00, {1,2}."""
    match value:
        case None:
            text = "NULL"
        case str():
            text = _show_text(value)
        case bool():
            text = str(value).lower()
        case Decimal():
            plain = value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS
            text = f"{value:f}" if plain else str(value)
        case datetime() | date() | time() | timedelta():
            text = _show_time(value)
        case bytes() | bytearray() | memoryview():
            text = "\\x" + bytes(value).hex()
        case list() | tuple():
            text = "{" + ",".join(map(show, value)) + "}"
        case dict():
            text = escape(json.dumps(value, default=str, ensure_ascii=False))
        case _:
            text = escape(str(value))
    return text


def escape(text: str) -> str:
    """Return text with everything that isn't visible (controls, direction marks, odd spaces) written as an escape."""
    return "".join(character if _is_plain(character) else _escaped(character) for character in text)


def width_of(text: str) -> int:
    """Return the columns that a text takes on a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(character) in {"Mn", "Me"} else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and … where it takes more than `limit` columns."""
    if width_of(text) <= limit:
        return text
    kept, used = "", 1
    for character in text:
        used += width_of(character)
        if used > limit:
            break
        kept += character
    return kept + "…"


def _is_plain(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def _escaped(character: str) -> str:
    return _SHORT_ESCAPES.get(character) or character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _show_text(text: str) -> str:
    bare = text and text == text.strip() and "  " not in text and text.upper() != "NULL" and text[0] not in "'{▶("
    return escape(text) if bare else f"'{escape(text)}'"


def _show_time(value: date | time | timedelta) -> str:
    """Show moments in UTC without their zone, which the heading of their column says once."""
    if isinstance(value, timedelta):
        return _show_interval(value)
    if isinstance(value, datetime):
        try:
            moment = value.astimezone(UTC).replace(tzinfo=None) if value.utcoffset() is not None else value
        except OverflowError:
            return str(value)
        return f"{moment.date().isoformat()} {_show_clock(moment.timetz())}"
    return _show_clock(value) if isinstance(value, time) else value.isoformat()


def _show_clock(clock: time) -> str:
    if clock.microsecond:
        return clock.isoformat().rstrip("0") if clock.tzinfo is None else clock.isoformat()
    return clock.isoformat("seconds" if clock.second else "minutes")


def _show_interval(span: timedelta) -> str:
    sign, span = ("-", -span) if span < timedelta() else ("", span)
    minutes, seconds = divmod(span.seconds, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if span.microseconds:
        clock += f".{span.microseconds:06}".rstrip("0")
    days = f"{span.days} day{'s' if span.days != 1 else ''}" if span.days else ""
    return sign + " ".join(
        part for part in (days, clock if span.seconds or span.microseconds or not days else "") if part
    )
