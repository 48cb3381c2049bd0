"""The fixture `crash`: programs crashed at each of their operations, as one call that reads like its claim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from harness.answers import Origin, Source
from harness.answers.python import Program
from harness.errors import BrokenLab, LabsError, ServiceUnavailable, UsageError, Wrong
from harness.explorers.crashes.explorer import CrashExplorer, required
from harness.explorers.crashes.faults import ALL_FAULTS, plan_of
from harness.explorers.crashes.history import CrashExploration, CrashRun, HistoryRule
from harness.explorers.crashes.story import CrashStory
from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.explorers.interleavings.trace import Event
from harness.explorers.interleavings.verdicts import NotTheSameTwice
from harness.plugin.exploring import kind_of, lost_is_unavailable
from harness.plugin.looking import Looks
from harness.plugin.tokens import wanted_by
from harness.report.replayed import CrashReplayed
from harness.services import Database

_CLIENTS = ("pika", "redis", "confluent_kafka")


class Crash:
    """Runs programs with a fault at each of their operations.

    `replay` is the token of the one run that is wanted instead, step by step, or empty; `say` prints a line.
    """

    def __init__(self, replay: str = "", say: Callable[[str], None] = print) -> None:
        self._say = say
        self._count = 0
        self._replay_at, self._replay = wanted_by(replay, plan_of, what="run", example="3a")

    def __call__(  # noqa: PLR0913 - a story has so many parts, each named where it is told
        self,
        programs: Program | Mapping[str, Program],
        *,
        given: str | Callable[[], object],
        observe: Callable[[], Mapping[str, Sequence[Any]]],
        at_the_end: Sequence[HistoryRule],
        may_fail: Collection[str] = (),
        faults: str = ALL_FAULTS,
        crashes: int = 1,
        ask: str = "",
    ) -> CrashExploration:
        """Hold programs against rules, as `harness.explorers.crashes` says.

        `programs` is one of an answer (`answers.relay.program((postgres, rabbitmq), "packed")`), or several by name.
        `given` begins each run: a function, or SQL for the first database among their servers. `observe` returns what
        is there at the end, lists by name. `ask` is the one question that leads on. Raises BrokenByACrash with the
        shortest counterexample; CouldNotJudge and its like where nothing was proved.
        """
        __tracebackhide__ = True
        self._count += 1
        if isinstance(programs, Program):
            programs = {programs.call.source.task.name: programs}
        begin = given if callable(given) else _runs(given, programs)
        words = given if isinstance(given, str) else ""
        story = CrashStory(programs, begin, observe, at_the_end, may_fail, faults, crashes, words)
        try:
            with lost_is_unavailable(), _lost_brokers_are_unavailable(), CrashExplorer(story) as explorer:
                if self._count == self._replay_at:
                    return required(self._replayed(explorer, programs), ask)
                return required(explorer.explore(), ask)
        except Wrong as wrong:
            first = next(iter(programs.values()))
            if isinstance(wrong, BrokenByACrash):
                wrong.number = self._count
                refused = wrong.exploration.shortest is None or bool(wrong.exploration.shortest.refused)
                wrong.origin = Origin(first.call.source, trial=None if refused else _Again(story, wrong))
            else:
                wrong.origin = Origin(first.call.source)
            raise

    def _replayed(self, explorer: CrashExplorer, programs: Mapping[str, Program]) -> CrashExploration:
        told = CrashReplayed(self._replay)
        self._say(told.heading())
        with Looks(service for program in programs.values() for service in program.services) as looks:

            def on_event(events: Sequence[Event]) -> None:
                for line in told.step(events, looks.tables(), looks.queues(), looks.topics()):
                    self._say(line)

            try:
                return explorer.replay(self._replay, on_event)
            except NotTheSameTwice:
                raise UsageError(
                    f"the programs take other steps now than when {self._replay} was given",
                    "run the test without --replay",
                ) from None


@dataclass(frozen=True)
class _Again:
    """The run in which a rule broke, for other answers to be put into."""

    story: CrashStory
    broken: BrokenByACrash

    def shows_the_same(self, source: Source) -> bool:
        """Return whether another answer to the same task goes the same way in this run."""
        observed = self.broken.exploration.shortest
        programs = {
            name: program.by(source)
            if isinstance(program, Program) and program.call.source.task == source.task
            else program
            for name, program in self.story.programs.items()
        }
        try:
            with CrashExplorer(replace(self.story, programs=programs)) as explorer:
                found = explorer.replay(self.broken.exploration.token).shortest
        except LabsError:  # it has other operations, or can't be run at all
            return False
        return observed is not None and found is not None and _shape(found) == _shape(observed)


def _shape(run: CrashRun) -> tuple[object, ...]:
    """Return the course of events, without the words that each author chooses for himself."""
    events = [
        (event.actor, event.kind, _said(event), event.result, event.error, event.open)
        for event in run.events
        if event.kind != "ends"
    ]
    return (run.broken.fact if run.broken else "", *events)


def _said(event: Event) -> object:
    return kind_of(event.text) if event.actor.endswith(" at Postgres") else event.text


def _runs(sql: str, programs: Mapping[str, Program]) -> Callable[[], object]:
    """Return what runs SQL on the first database among the programs' servers."""
    services = [service for program in programs.values() for service in program.services]
    database = next((one for one in services if isinstance(one, Database)), None)
    if database is None:
        raise BrokenLab("given is SQL, and no program has a database", "Give a function.")

    def run() -> None:
        with closing(database.connect()) as connection:
            connection.execute(sql)

    return run


@contextmanager
def _lost_brokers_are_unavailable() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _CLIENTS:
            raise
        raise ServiceUnavailable(f"a server was lost: {error!r}", "run it again") from error
