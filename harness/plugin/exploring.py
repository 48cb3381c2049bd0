"""The fixture `interleave`: a story explored on the test's own database, as one call that reads like its claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import psycopg

from harness.answers import Origin, Source
from harness.answers.places import place_of
from harness.answers.python import Call
from harness.answers.toml import cell_of, mark_of
from harness.errors import LabsError, ServiceUnavailable, UsageError, Wrong
from harness.explorers.interleavings import (
    Actor,
    Anomaly,
    BrokenInSomeOrder,
    Event,
    Exploration,
    Explorer,
    Look,
    NotTheSameTwice,
    Place,
    Rule,
    Run,
    Story,
    required,
)
from harness.explorers.interleavings.kept import KeptPlace
from harness.explorers.interleavings.trace import order_of
from harness.judging.single import WrongValue
from harness.plugin.tokens import wanted_by
from harness.report.replayed import Replayed
from harness.services import Database

if TYPE_CHECKING:
    from harness.services.redis.server import RedisDatabase

# What makes one statement of a kind with another: how it begins, and how it locks.
_LOCKS = re.compile(
    r"\bfor\s+(?:no\s+key\s+)?(?:update|key\s+share|share)\b|\bskip\s+locked\b|\bnowait\b", re.IGNORECASE
)


class Interleave:
    """Runs calls in every order of their steps on one database.

    `replay` is the token of the one order to be run instead, step by step, or empty; `say` prints a line.
    """

    def __init__(
        self, database: Database | RedisDatabase, replay: str = "", say: Callable[[str], None] = print
    ) -> None:
        self._place = KeptPlace(place_of(database))
        self._say = say
        self._count = 0
        self._replay_at, self._replay = wanted_by(replay, order_of, what="order", example="ABBA")

    def __call__(  # noqa: PLR0913 - a story has so many parts, each named where it is told
        self,
        actors: Mapping[str, Callable[[Any], object] | Actor],
        *,
        given: str | Callable[[Any], object],
        at_the_end: Sequence[Rule] = (),
        always: Sequence[Rule] = (),
        may_fail: Collection[str] = (),
        each_takes_part: bool = False,
        switches: int | None = None,
        ask: str = "",
    ) -> Exploration:
        """Hold the story against its rules, as `harness.explorers.interleavings.explore` says.

        `actors` are calls of answers by name (`answers.withdraw.call(1, 70)`). `given` is how each order begins: SQL,
        or a function that takes the test's own connection. `each_takes_part`: a call that takes no step at the server
        shares nothing with the others, and is wrong for that. `ask` is the one question that leads on. Raises
        BrokenInSomeOrder with the shortest counterexample; CouldNotJudge and its like where nothing was proved.
        """
        __tracebackhide__ = True
        self._count += 1
        story = Story(actors, given, at_the_end, always, may_fail, each_takes_part)
        try:
            with lost_is_unavailable(), Explorer(story, self._place) as explorer:
                if self._count == self._replay_at:
                    return required(self._replayed(explorer, story), ask)
                return required(explorer.explore(switches=switches), ask)
        except Wrong as wrong:
            calls = [actor for actor in actors.values() if isinstance(actor, Call)]
            if calls:
                # What is refused before the first step has no order that others could be put into.
                again = (
                    _Again(story, self._place, wrong)
                    if isinstance(wrong, BrokenInSomeOrder) and wrong.exploration.token
                    else None
                )
                wrong.origin = Origin(calls[0].source, trial=again)
            if isinstance(wrong, BrokenInSomeOrder):
                wrong.number = self._count
            raise

    def can_happen(self, anomaly: Anomaly, form: Source, cell: Sequence[str], *, ask: str) -> None:
        """Hold what a form says in one cell ("yes" or "no") about an anomaly against every order; see `Anomaly.hold`.

        `cell` is the path to it: `("dirty_read", "read_committed")`. Raises WrongValue where it says neither.
        """
        __tracebackhide__ = True
        self._count += 1
        says = cell_of(form.text, cell)
        if says not in ("yes", "no"):
            wrong_value = WrongValue(", ".join(cell), "yes or no", str(says), ask="What is your guess?")
            wrong_value.origin = Origin(form, mark=mark_of(form.text, cell))
            raise wrong_value
        try:
            with lost_is_unavailable(), Explorer(anomaly.story, self._place) as explorer:
                if self._count == self._replay_at:
                    required(self._replayed(explorer, anomaly.story), ask)
                else:
                    anomaly.hold(explorer, can_happen=says == "yes", ask=ask)
        except Wrong as wrong:
            wrong.origin = Origin(form, trial=_SaysTheSame(cell, says), mark=mark_of(form.text, cell))
            if isinstance(wrong, BrokenInSomeOrder):
                wrong.number = self._count
            raise

    def close(self) -> None:
        """Close the connections that were kept for the next exploration, and for recognising what this one found."""
        self._place.end()

    def _replayed(self, explorer: Explorer, story: Story) -> Exploration:
        told = Replayed(tuple(story.actors), self._replay)
        self._say(told.heading())

        def on_event(events: Sequence[Event], look: Look) -> None:
            for line in told.step(events, tables_of(look.handle)):
                self._say(line)

        try:
            return explorer.replay(self._replay, on_event)
        except NotTheSameTwice:
            raise UsageError(
                f"the calls take other steps now than when {self._replay} was given", "run the test without --replay"
            ) from None


@dataclass(frozen=True)
class _Again:
    """The order in which a rule broke, for other answers to be put into."""

    story: Story
    place: Place
    broken: BrokenInSomeOrder

    def shows_the_same(self, source: Source) -> bool:
        """Return whether another answer to the same task goes the same way in this order."""
        observed = self.broken.exploration.shortest
        actors = {
            name: actor.by(source) if isinstance(actor, Call) and actor.source.task == source.task else actor
            for name, actor in self.story.actors.items()
        }
        story = replace(self.story, actors=actors)
        if observed is None:
            return False
        course = [_shape_of(event) for event in observed.events]

        def compare(_new: Sequence[Event], look: Look) -> None:
            # All of it: where the machine was too slow for a deadlock, the order is begun once more.
            if [_shape_of(event) for event in look.events] != course[: len(look.events)]:
                raise _GoesAnotherWay

        try:
            with Explorer(story, self.place) as explorer:
                found = explorer.replay(self.broken.exploration.token, compare).shortest
        except (LabsError, _GoesAnotherWay):  # it has other steps, or can't be run at all
            return False
        return found is not None and _shape(found) == _shape(observed)


class _GoesAnotherWay(Exception):
    """Another answer's course of events is another one, and the rest of it need not be run."""


@dataclass(frozen=True)
class _SaysTheSame:
    """A cell of a form that says what isn't so."""

    cell: Sequence[str]
    says: object

    def shows_the_same(self, source: Source) -> bool:
        """Return whether another form says the same there."""
        return cell_of(source.text, self.cell) == self.says


def _shape(run: Run) -> tuple[object, ...]:
    """Return the course of events, without the words that each author chooses for himself."""
    return (run.broken.fact if run.broken else "", *(_shape_of(event) for event in run.events))


def _shape_of(event: Event) -> tuple[object, ...]:
    return event.actor, event.kind, kind_of(event.text), event.result, event.error, event.open


def kind_of(statement: str) -> tuple[str, ...]:
    """Return what makes one statement of a kind with another: its verb, and its locks."""
    verb = statement.strip("( ").partition(" ")[0].upper()
    return (verb, *sorted(" ".join(lock.split()).upper() for lock in _LOCKS.findall(statement)))


def tables_of(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return the first rows of every table of the test's, as committed; of a Redis, its keys with their values."""
    if not isinstance(connection, psycopg.Connection):
        return {"keys": keys_of(connection)}
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1 LIMIT 9').fetchall()  # noqa: S608 - names of the lab's own tables
        for (name,) in sorted(names)
    }


def keys_of(client: Any) -> list[tuple[Any, ...]]:
    """Return the keys of a Redis database, each with its value in words."""
    readers = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": lambda key: sorted(client.smembers(key)),
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    keys = sorted(client.keys())
    return [(key, str(readers.get(client.type(key), client.dump)(key))) for key in keys[:9]]


@contextmanager
def lost_is_unavailable() -> Iterator[None]:
    """Tell of a server that is lost to the test itself that it can't be judged."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise ServiceUnavailable(f"the Postgres server was lost: {error}", "run it again") from error
