"""One order, replayed for a person: after each step, what is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.explorers.interleavings.trace import Event
from harness.report.prose import wrapped
from harness.report.timeline.crash_words import faults_in_words
from harness.report.timeline.words import ACROSS_SIGNS, counted, listed
from harness.report.values import escape, show

Tables = Mapping[str, Sequence[tuple[object, ...]]]
_MOST_ROWS = 8


class Replayed:
    """Tells an order step by step. A table is told at the beginning, if it has rows, and whenever they have changed."""

    def __init__(self, actors: Sequence[str], token: str, width: int = 100) -> None:
        self._actors = actors
        self._token = token
        self._width = width
        self._number = 0
        self._open: set[str] = set()
        self._last: Tables | None = None

    def heading(self) -> str:
        """Return what is being replayed."""
        letters = [f"{chr(ord('A') + at)} is {escape(name)}" for at, name in enumerate(self._actors)]
        timers = "" if self._token.isupper() else "; at a small letter the timer of the step runs out"
        return f"replaying {self._token}: {listed(letters)}{timers}"

    def step(self, events: Sequence[Event], tables: Tables) -> list[str]:
        """Return the lines on what has just happened, and on the tables as anybody else now sees them."""
        lines: list[str] = []
        for event in events:
            if event.kind in {"does", "waits"}:
                self._number += 1
            label = f"{self._number:>2}" if event.kind in {"does", "waits"} else "  "
            lines += wrapped(f"{event.actor}: {_told(event)}", self._width, f"{label}  ", "      ")
            (self._open.add if event.open else self._open.discard)(event.actor)
        before = self._last
        # Of a lab's many tables most are empty in one story, and stay so.
        changed = [name for name, rows in tables.items() if list(rows) != list((before or {}).get(name, []))]
        for name in changed:
            lines += wrapped(f"{name}: {_rows(tables[name])}", self._width, "    committed  ", " " * 15)
        if not changed and events and self._open:
            lines.append(f"    committed  as before; {_open(self._open)}")
        self._last = {name: list(rows) for name, rows in tables.items()}
        return lines


@dataclass(frozen=True)
class Record:
    """A message in a topic of Kafka's: where it is, its key and its value, as bytes or None."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class CrashReplayed:
    """Tells a run with a crash step by step.

    A table or a queue is told whenever what is in it has changed, of a topic whatever has come.
    """

    def __init__(self, token: str, width: int = 100) -> None:
        self._token = token
        self._width = width
        self._number = 0
        self._tables: Tables = {}
        self._queues: Mapping[str, int] = {}
        self._read: dict[str, int] = {}  # how many messages of each topic have been told

    def heading(self) -> str:
        """Return what is being replayed."""
        return f"replaying {self._token}: {faults_in_words(self._token)}"

    def step(
        self,
        events: Sequence[Event],
        tables: Tables,
        queues: Mapping[str, int],
        topics: Mapping[str, Sequence[Record]] = MappingProxyType({}),
    ) -> list[str]:
        """Return the lines on what has just happened, nothing at first, and on what anybody else now sees."""
        lines: list[str] = []
        for event in events:
            if event.kind in ACROSS_SIGNS:
                lines += wrapped(event.text, self._width, f" {ACROSS_SIGNS[event.kind]}  ", "      ")
            else:
                self._number += 1
                lines += wrapped(f"{event.actor}: {_told(event)}", self._width, f"{self._number:>2}  ", "      ")
        return lines + self._changes(tables, queues, topics)

    def _changes(self, tables: Tables, queues: Mapping[str, int], topics: Mapping[str, Sequence[Record]]) -> list[str]:
        told = [
            ("committed", name, _rows(rows))
            for name, rows in tables.items()
            if list(rows) != list(self._tables.get(name, []))
        ]
        told += [
            ("queue", name, counted(count, "message") + " ready")
            for name, count in queues.items()
            if count != self._queues.get(name, 0)
        ]
        told += [
            ("topic", name, text)
            for name, records in topics.items()
            for text in _records(records[self._read.get(name, 0) :])
        ]
        self._tables = {name: list(rows) for name, rows in tables.items()}
        self._queues = dict(queues)
        self._read = {name: len(records) for name, records in topics.items()}
        return [
            line
            for what, name, text in told
            for line in wrapped(f"{name}: {text}", self._width, f"    {what:<9}  ", " " * 15)
        ]


def _open(actors: set[str]) -> str:
    names = [f"{name}'s transaction" for name in sorted(actors)]
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} open"


def _told(event: Event) -> str:
    if event.kind == "waits":
        return f"{event.text} … waits for {listed(event.blockers) or 'a lock'}"
    if event.kind == "returns":
        return f"returned {event.result}"
    if event.kind == "raises":
        return f"raised {event.error}: {event.result}"
    came = f"✗ {event.error} {event.result}" if event.error else f"→ {event.result}" if event.result else ""
    return f"{event.text}{' … goes on' if event.kind == 'goes on' else ''} {came}".rstrip()


def _rows(rows: Sequence[tuple[object, ...]]) -> str:
    shown = ["(" + ", ".join(show(value) for value in row) + ")" for row in rows[:_MOST_ROWS]]
    more = ["…"] if len(rows) > _MOST_ROWS else []
    return " ".join([*shown, *more]) or "no rows"


def _records(records: Sequence[Record]) -> list[str]:
    """Return what has come into a topic; of many the latest, as those are what the step was about."""
    earlier = len(records) - _MOST_ROWS
    more = [f"{counted(earlier, 'message')} before these"] if earlier > 0 else []
    return [
        *more,
        *(
            f"partition {one.partition}, offset {one.offset}: {_body(one.key)} → {_body(one.value)}"
            for one in records[-_MOST_ROWS:]
        ),
    ]


def _body(body: bytes | None) -> str:
    return "nothing" if body is None else show(body.decode(errors="replace"))
