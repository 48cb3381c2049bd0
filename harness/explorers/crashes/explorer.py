"""Runs programs with one fault after the other, starts them again each time, and holds rules against the end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from harness.explorers.crashes.faults import ALL_FAULTS, RULINGS, WORDS, Fault, Plan, faults_at, plan_of, token_of
from harness.explorers.crashes.history import CrashExploration, CrashRun, History, HistoryRule, Operation
from harness.explorers.crashes.verdicts import BrokenByACrash, NothingToCrash
from harness.explorers.interleavings.explorer import NO_CALL_FAILS, Cast, LocalCast
from harness.explorers.interleavings.hub import Hub
from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.rules import fact_of
from harness.explorers.interleavings.steps import Drained, Outcome, Step
from harness.explorers.interleavings.trace import Broken, Difference, Event, same_events
from harness.explorers.interleavings.verdicts import NotTheSameTwice
from harness.explorers.interleavings.world import as_an_actor_sees_it, quiet, same_luck

# Operations of one life: many times what the messages of a lab ask for.
MOST_OPERATIONS = 200
# Lives that may end with an exception that the test allows, without a fault, before the program counts as broken.
_MOST_FAILURES = 3
# Runs with a second crash.
MOST_TWICE = 300

IT_COMES_TO_REST = "It comes to rest."
IT_WORKS_AGAIN = "It works again when it is started again."
ONLY_WHAT_CAN_BE_EXPLORED = "Each program does only what can be explored."

TITLES = {"postgres": "Postgres", "rabbitmq": "RabbitMQ", "kafka": "Kafka", "redis": "Redis"}


# Counts the runs of this process.
_RUNS = itertools.count(1)


class Program(Protocol):
    """What can be crashed and started again."""

    @property
    def place(self) -> Place:
        """Where it works."""
        ...

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor called `name`, at work in this place."""
        ...


@dataclass(frozen=True)
class LocalProgram:
    """A plain function in this process, that takes the handles which its place opens."""

    call: Callable[..., object]
    place: Place

    def cast(self, name: str, place: Place) -> Cast:
        """Return the actor."""

        def spread(handle: Any) -> object:
            return self.call(*handle) if isinstance(handle, tuple) else self.call(handle)

        return LocalCast(name, spread, place)


@dataclass(frozen=True)
class CrashStory:
    """What is explored. `programs` run one after the other, each until it ends or no message will come for it.

    `given` begins each run, `observe` returns at its end what is there, over connections of the test's own. The rules
    `at_the_end` judge the history. `may_fail` names exceptions (by class or SQLSTATE) with which a program may end.
    `faults` are the letters of those that are tried; `crashes`: also a second crash while the program recovers.
    """

    programs: Mapping[str, Program]
    given: Callable[[], object]
    observe: Callable[[], Mapping[str, Sequence[Any]]]
    at_the_end: Sequence[HistoryRule]
    may_fail: Collection[str] = ()
    faults: str = ALL_FAULTS
    crashes: int = 1
    words: str = ""


def _nothing(*_: object) -> None:
    """Be told, and do nothing."""


class CrashExplorer:
    """A story on its stage. A context manager: what it opens, it closes."""

    def __init__(self, story: CrashStory) -> None:
        self._story = story
        self._casts: dict[str, Cast] = {}
        with ExitStack() as opened:
            for name, program in story.programs.items():
                cast = program.cast(name, program.place)
                opened.callback(cast.close)
                self._casts[name] = cast
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        """Nothing more: it is open."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was opened."""
        self._opened.close()

    def explore(self, on_run: Callable[[CrashRun], object] = _nothing) -> CrashExploration:
        """Run without a fault, with each fault, and return what was found. Raises CouldNotJudge and its like."""
        first = self._run(())
        on_run(first)
        operations = first.history.operations
        if not operations and first.broken is None:
            raise NothingToCrash(
                f"{' and '.join(self._story.programs)} did nothing on any server: no crash has proved anything",
                "Do they use the connections that they are given?",
            )
        runs = [first]

        def try_all(plans: Iterable[Plan]) -> None:
            for plan in plans:
                if runs[-1].refused:
                    return  # it takes long, and every other run would say the same
                runs.append(self._run(plan))
                on_run(runs[-1])

        if first.broken is None:
            each = ((one.number, one.kind) for one in operations)
            try_all((fault,) for number, kind in each for fault in faults_at(number, kind, self._story.faults))
        singles = len(runs)
        if self._story.crashes > 1 and not any(run.broken for run in runs):
            try_all(self._second_crashes(runs[1:]))
        # In the order in which they ran: the fewest faults first, the earliest first.
        shortest = next((run for run in runs if run.broken), None)
        if shortest is not None and not shortest.refused:
            self._confirm(shortest)
        return CrashExploration(
            programs=tuple(self._story.programs),
            operations=len(operations),
            ran=len(runs),
            broke=sum(run.broken is not None for run in runs),
            twice=len(runs) - singles,
            shortest=shortest,
            given=self._story.words,
        )

    def replay(self, token: str, on_event: Callable[[Sequence[Event]], object] = _nothing) -> CrashExploration:
        """Run exactly the faults that a token names.

        `on_event` is told of what has happened, step by step: of nothing before the first. Raises ValueError for a
        token that is none, and NotTheSameTwice where its operations don't come.
        """
        plan = plan_of(token)
        run = self._run(plan, on_event)
        if plan and len(run.history.operations) < plan[-1].number - (plan[-1].kind == "b"):
            raise NotTheSameTwice(f"there is no operation {plan[-1].number} in this run", "run it without --replay")
        programs, shortest = tuple(self._story.programs), run if run.broken else None
        return CrashExploration(
            programs, len(run.history.operations), 1, int(run.broken is not None), 0, shortest, self._story.words
        )

    def _second_crashes(self, runs: Sequence[CrashRun]) -> Iterator[Plan]:
        """Give the plans with a second crash: after each operation of each recovery that went another way."""
        seen: list[Sequence[Event]] = []
        count = 0
        for run in runs:
            (fault,) = plan_of(run.token)
            if not fault.crashes:
                continue
            start = next(at for at, event in enumerate(run.events) if event.kind == "starts")
            recovery = run.events[start:]
            if any(same_events(recovery, other) for other in seen):
                continue
            seen.append(recovery)
            for operation in run.history.operations:
                after = operation.number > (fault.number if fault.kind == "a" else fault.number - 1)
                if after and count < MOST_TWICE:
                    count += 1
                    yield (fault, Fault(operation.number, "a"))

    def _confirm(self, run: CrashRun) -> None:
        """Run it again: what a learner is told must be what happens, each time."""
        again = self._run(plan_of(run.token))
        same = same_events(run.events, again.events) and run.history.observed == again.history.observed
        if not same or (again.broken and again.broken.fact) != (run.broken and run.broken.fact):
            raise NotTheSameTwice(
                f"the run {run.token}, run twice, went two different ways",
                "Does a program depend on chance, on the time, or on what an earlier call has left in memory?",
            )

    def _run(self, plan: Plan, on_event: Callable[[Sequence[Event]], object] = _nothing) -> CrashRun:
        number = next(_RUNS)
        for program in self._story.programs.values():
            program.place.begin_run(number)
        with quiet():
            self._story.given()
        on_event([])
        course = _Course(self._story, self._casts, plan, on_event)
        with quiet(), as_an_actor_sees_it(), same_luck():
            course.run()
        history = History(tuple(course.operations), {})
        if course.broken is None:
            with quiet():
                history = replace(history, observed=self._story.observe())
        broken = course.broken or next(
            (
                Broken(fact_of(rule), difference, len(course.events))
                for rule in self._story.at_the_end
                if (difference := rule(history)) is not None
            ),
            None,
        )
        return CrashRun(
            token_of(plan), tuple(course.lanes), tuple(course.events), history, broken, refused=course.refused
        )


class _Course:
    """One run: each program from its first start to its end, with the faults of a plan on the way."""

    def __init__(
        self,
        story: CrashStory,
        casts: Mapping[str, Cast],
        plan: Plan,
        on_event: Callable[[Sequence[Event]], object],
    ) -> None:
        self.operations: list[Operation] = []
        self.events: list[Event] = []
        self.lanes: list[str] = []
        self.broken: Broken | None = None
        self.refused = ""
        self._story, self._casts, self._plan, self._on_event = story, casts, list(plan), on_event

    def run(self) -> None:
        """Run all programs, or up to the first that breaks."""
        for name in self._casts:
            life, failures, goes_on = 0, 0, True
            while goes_on and self.broken is None:
                life += 1
                if life > 1:
                    self._tell(Event(name, "starts", f"{name} is started again"))
                faulty, outcome = self._live(name, life)
                goes_on = outcome is None or (bool(outcome.error) and outcome.error != Drained.__name__)
                if outcome is None or self.broken is not None:
                    continue
                self._tell_end(name, outcome)
                if goes_on and not faulty:
                    failures += 1
                    self._judge_failure(name, life, failures, outcome)

    def _live(self, name: str, life: int) -> tuple[bool, Outcome | None]:
        """Run one life. Return whether it met a fault, and how it ended; None: by a crash."""
        player = self._casts[name].player()
        hub = Hub([player], _NobodyElse(), hold=0, on_quiet=lambda: None)
        faulty = False
        try:
            hub.begin()
            while (asked := player.asks) is not None and not player.refused:
                if sum(operation.program == name and operation.life == life for operation in self.operations) >= (
                    MOST_OPERATIONS
                ):
                    seen = f"after {MOST_OPERATIONS} operations {name} is still at it"
                    self._break(IT_COMES_TO_REST, Difference("it ends, or waits for messages in vain", seen))
                    return faulty, None
                fault = self._due()
                faulty |= fault is not None
                if fault is not None and fault.kind == "b":
                    self._crashed(name, fault)
                    return faulty, None
                hub.step(0, RULINGS[fault.kind] if fault else "")
                self._note(name, life, asked, hub, fault)
                if fault is not None and fault.crashes:
                    self._crashed(name, fault)
                    return faulty, None
            if player.refused:
                self.refused = f"{name}: {player.refused}"
                self._break(ONLY_WHAT_CAN_BE_EXPLORED, Difference("", self.refused))
            return faulty, player.outcome
        finally:
            player.crash()

    def _due(self) -> Fault | None:
        """Return the fault of the operation that comes next, and cross it off."""
        if self._plan and self._plan[0].number == len(self.operations) + 1:
            return self._plan.pop(0)
        return None

    def _note(self, name: str, life: int, asked: Step, hub: Hub, fault: Fault | None) -> None:
        """Write an operation down, and the row that shows it."""
        done = next(event for event in reversed(hub.events) if event.kind in {"does", "goes on"})
        ambiguous = fault is not None and fault.kind in {"e", "l"}
        outcome = "unknown" if ambiguous else "failed" if done.error else "ok"
        operation = Operation(
            name,
            life,
            len(self.operations) + 1,
            asked.server,
            asked.kind,
            asked.text,
            asked.message,
            outcome,  # type: ignore[arg-type] # one of the three
        )
        self.operations.append(operation)
        lane = f"{name} at {TITLES[asked.server]}"
        if lane not in self.lanes:
            self.lanes.append(lane)
        self._tell(replace(done, actor=lane, kind="does", text=asked.text, result=self._result(done, operation, fault)))

    def _result(self, done: Event, operation: Operation, fault: Fault | None) -> str:
        if fault is not None and fault.kind == "l":
            return "lost on the way, and nobody has noticed"
        if fault is not None and fault.kind in {"e", "f"}:
            return f"{done.result} ({'it was done' if fault.kind == 'e' else 'it was not done'})"
        if operation.kind in {"publish", "send"}:
            same = [
                other
                for other in self.operations
                if other.kind == operation.kind and other.text == operation.text and other.outcome != "failed"
            ]
            if len(same) > 1:
                return f"{done.result + ', ' if done.result else ''}for the {_ordinal(len(same))} time"
        return done.result

    def _crashed(self, name: str, fault: Fault) -> None:
        when = WORDS[fault.kind].removeprefix("crash ")
        undone = ": its transaction is undone" if self._has_open(name) else ""
        self._tell(Event(name, "crashes", f"{name} crashes {when} operation {fault.number}{undone}"))

    def _has_open(self, name: str) -> bool:
        """Return whether this life of a program has a transaction open."""
        for event in reversed(self.events):
            if event.kind == "starts" or event.actor == f"{name} at {TITLES['postgres']}":
                return event.open
        return False

    def _tell_end(self, name: str, outcome: Outcome) -> None:
        if outcome.error == Drained.__name__:
            text = f"{name} waits for more, and none will come"
        elif outcome.error:
            text = f"{name} ends with {outcome.error}: {outcome.message}"
        else:
            text = f"{name} is done"
        self._tell(Event(name, "ends", text, error=outcome.error if outcome.error != Drained.__name__ else ""))

    def _judge_failure(self, name: str, life: int, failures: int, outcome: Outcome) -> None:
        allowed = {outcome.error, outcome.sqlstate} & set(self._story.may_fail)
        if allowed and failures <= _MOST_FAILURES:
            return
        fact = NO_CALL_FAILS if life == 1 else IT_WORKS_AGAIN
        code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
        raised = f"{name} raised {outcome.error}{code}: {outcome.message}"
        self._break(fact, Difference(f"{name} does its work", raised))

    def _break(self, fact: str, difference: Difference) -> None:
        self.broken = Broken(fact, difference, len(self.events))

    def _tell(self, event: Event) -> None:
        self.events.append(event)
        self._on_event([event])


class _NobodyElse(Watch):
    """Knows that nobody waits where nobody else is."""

    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:  # noqa: ARG002 - nobody is there
        """Return none."""
        return {}

    def end(self, session: int) -> None:
        """Do nothing: a session ends with its connection."""

    def close(self) -> None:
        """There is nothing to close."""


def explore_crashes(  # noqa: PLR0913 - a story has so many parts, each named where it is told
    programs: Mapping[str, Program],
    *,
    given: Callable[[], object],
    observe: Callable[[], Mapping[str, Sequence[Any]]],
    at_the_end: Sequence[HistoryRule],
    may_fail: Collection[str] = (),
    faults: str = ALL_FAULTS,
    crashes: int = 1,
    ask: str = "",
) -> CrashExploration:
    """Hold programs against rules, with a fault at each of their operations; see `CrashStory`.

    `ask` is the one question that leads on. Raises BrokenByACrash with the shortest counterexample, and CouldNotJudge
    and its like where nothing was proved.
    """
    with CrashExplorer(CrashStory(programs, given, observe, at_the_end, may_fail, faults, crashes)) as explorer:
        return required(explorer.explore(), ask)


def required(found: CrashExploration, ask: str = "") -> CrashExploration:
    """Return an exploration that found nothing wrong. Raises BrokenByACrash for another."""
    if found.shortest is not None and found.shortest.broken is not None:
        raise BrokenByACrash(found.shortest.broken.fact, found, ask=ask)
    return found


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th")
