"""Runs programs with one fault after the other, starts them again each time, and holds rules against the end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Self

from harness.explorers.crashes.course import Course
from harness.explorers.crashes.faults import ALL_FAULTS, Fault, Plan, faults_at, plan_of, token_of
from harness.explorers.crashes.history import CrashExploration, CrashRun, History, HistoryRule
from harness.explorers.crashes.story import CrashStory, Program
from harness.explorers.crashes.verdicts import BrokenByACrash, NothingToCrash
from harness.explorers.interleavings.explorer import Cast
from harness.explorers.interleavings.rules import fact_of
from harness.explorers.interleavings.trace import Broken, Event, same_events
from harness.explorers.interleavings.verdicts import NotTheSameTwice
from harness.explorers.interleavings.world import as_an_actor_sees_it, quiet, same_luck

# Runs with a second crash.
MOST_TWICE = 300

# Counts the runs of this process.
_RUNS = itertools.count(1)


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
        course = Course(self._story, self._casts, plan, on_event)
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
