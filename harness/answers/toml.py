"""Answers that are filled in: a TOML file whose every value is a question mark at first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from harness.answers.slips import NotToml
from harness.answers.sources import Mark, Origin, Source

UNANSWERED = "?"


class TomlAnswer:
    """A form. Called, it gives what was filled in."""

    def __init__(self, read: Callable[[], Source]) -> None:
        self._read = read

    @staticmethod
    def is_written(source: Source) -> bool:
        """Return whether anything was filled in. A file that can't be read was written: it has a slip in it."""
        try:
            return any(leaf != UNANSWERED for leaf in _leaves(tomllib.loads(source.text)))
        except tomllib.TOMLDecodeError:
            return True

    def __call__(self) -> dict[str, Any]:
        """Return what the file says, as tomllib reads it. Raises NotWritten, and NotToml with the line."""
        source = self._read()
        try:
            return tomllib.loads(source.text)
        except tomllib.TOMLDecodeError as error:
            wrong = _with_its_place(str(error), source.text)
            wrong.origin = Origin(source)
            raise wrong from None


def cell_of(text: str, path: Sequence[str]) -> object:
    """Return what a form says in one cell, by the keys that lead there; None where it says nothing."""
    found: Any = tomllib.loads(text)
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def mark_of(text: str, path: Sequence[str]) -> Mark | None:
    """Return where a form says what it says in one cell; None where no line by itself says it.

    The parser tells no places. But the line is the one without which the form no longer says anything there.
    """
    if _is_silent(text, path):
        return None
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if path[-1] in line and _is_silent("\n".join([*lines[: number - 1], "", *lines[number:]]), path):
            found = re.search(rf"""{re.escape(path[-1])}["']?\s*=\s*("[^"]*"|'[^']*'|[^\s,}}#]+)""", line)
            start, end = found.span(1) if found else (len(line) - len(line.lstrip()), len(line.rstrip()))
            return Mark(number, line.rstrip("\r"), start, end - start)
    return None


def _is_silent(text: str, path: Sequence[str]) -> bool:
    try:
        return cell_of(text, path) is None
    except tomllib.TOMLDecodeError:
        return False


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def _with_its_place(message: str, text: str) -> NotToml:
    """Take the place out of the parser's message; where it says "at end of document", the place is the last line."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if found and found[2]:
        return NotToml(found[1], int(found[2]), int(found[3]))
    lines = text.splitlines() or [""]
    return NotToml(found[1] if found else message, len(lines), len(lines[-1]) + 1)
