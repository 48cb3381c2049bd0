"""The fixture `interleave`: a story explored on the test's own database, as one call that reads like its claim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from harness.answers import Origin
from harness.answers.places import place_of
from harness.answers.python import Call
from harness.errors import ServiceUnavailable, Wrong
from harness.explorers.interleavings import Actor, Anomaly, Exploration, Explorer, Rule, Story, required
from harness.services import Database


class Interleave:
    """Runs calls in every order of their steps on one database."""

    def __init__(self, database: Database) -> None:
        self._place = place_of(database)

    def __call__(  # noqa: PLR0913 - a story has so many parts, each named where it is told
        self,
        actors: Mapping[str, Callable[[Any], object] | Actor],
        *,
        given: str | Callable[[Any], object],
        at_the_end: Sequence[Rule] = (),
        always: Sequence[Rule] = (),
        may_fail: Collection[str] = (),
        switches: int | None = None,
        ask: str = "",
    ) -> Exploration:
        """Hold the story against its rules, as `harness.explorers.interleavings.explore` says.

        `actors` are calls of answers by name (`answers.withdraw.call(1, 70)`). `given` is how each order begins: SQL,
        or a function that takes the test's own connection. `ask` is the one question that leads on. Raises
        BrokenInSomeOrder with the shortest counterexample; CouldNotJudge and its like where nothing was proved.
        """
        __tracebackhide__ = True
        sources = [actor.source for actor in actors.values() if isinstance(actor, Call)]
        story = Story(actors, given, at_the_end, always, may_fail)
        with _told(Origin(sources[0]) if sources else None), Explorer(story, self._place) as explorer:
            return required(explorer.explore(switches=switches), ask)

    def can_happen(self, anomaly: Anomaly, claimed: bool, *, ask: str) -> None:  # noqa: FBT001 - it is the claim itself
        """Hold the claim that an anomaly can happen, or can't, against every order; see `Anomaly.hold`."""
        __tracebackhide__ = True
        with _told(None):
            anomaly.hold(can_happen=claimed, on=self._place, ask=ask)


@contextmanager
def _told(origin: Origin | None) -> Iterator[None]:
    """Say of what is found wrong where it comes from, and of a lost server that it is."""
    __tracebackhide__ = True
    try:
        yield
    except Wrong as wrong:
        wrong.origin = origin
        raise
    except psycopg.OperationalError as error:
        raise ServiceUnavailable(f"the Postgres server was lost: {error}", "run it again") from error
