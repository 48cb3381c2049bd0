"""The rows of a picture, whatever it is drawn with: who acts in each, and which transactions are open meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from harness.explorers.crashes.history import CrashExploration, CrashRun
from harness.explorers.interleavings.trace import Broken, Choice, Event, Exploration, Run, is_a_switch

Explored = Exploration | CrashExploration
# What befalls a program as a whole.
ACROSS = ("crashes", "starts", "ends")

# What an actor is in the middle of: nothing, a transaction, or a statement that has to wait.
Phase = Literal["idle", "open", "waits"]


@dataclass(frozen=True)
class Row:
    """One event in the column of its actor (counted from 0), and what each actor was amid before and after it.

    `number` is that of the step, counted from 1 as the letters of an order's token are: it stands again at the row in
    which a step that had to wait is done, and is 0 at the end of a call. `switch` tells that the step before was
    another actor's, who could have gone on. `breaks` tells that the rule no longer holds after this row.
    `whole` rows stand in no column (their actor means nothing): a program crashes, is started again, ends. `marked`
    rows are about what the rule says is wrong.
    """

    event: Event
    actor: int
    number: int
    before: tuple[Phase, ...]
    after: tuple[Phase, ...]
    switch: bool = False
    breaks: bool = False
    whole: bool = False
    marked: bool = False

    @property
    def opens(self) -> bool:
        """Whether a transaction begins with this row."""
        return not self.whole and self.before[self.actor] == "idle" != self.after[self.actor]

    @property
    def closes(self) -> bool:
        """Whether a transaction ends with this row."""
        return not self.whole and self.before[self.actor] != "idle" == self.after[self.actor]


@dataclass(frozen=True)
class Timeline:
    """The rows of one order, in time, under the names of the actors; `unended` are those whose call did not end."""

    actors: tuple[str, ...]
    rows: tuple[Row, ...]
    broken: Broken | None
    unended: tuple[str, ...] = ()


def timeline_of(exploration: Explored) -> Timeline:
    """Return the rows of the shortest run that breaks a rule; none where none does."""
    if isinstance(exploration, CrashExploration):
        return _crashed(exploration.shortest)
    run = exploration.shortest
    if run is None:
        return Timeline(exploration.actors, (), None)
    unended = tuple(name for name in exploration.actors if name not in run.outcomes)
    return Timeline(exploration.actors, tuple(_rows(exploration.actors, run)), run.broken, unended)


def _crashed(run: CrashRun | None) -> Timeline:
    """Return the rows of a run with a crash: columns by program and server, and lines across."""
    if run is None:
        return Timeline((), (), None)
    return Timeline(run.lanes, tuple(_rows_across(run)), run.broken)


def _rows_across(run: CrashRun) -> Iterator[Row]:
    phases: dict[str, Phase] = dict.fromkeys(run.lanes, "idle")
    about, number = _about(run), 0
    for count, event in enumerate(run.events, 1):
        before, breaks = tuple(phases.values()), count == len(run.events)
        whole = event.kind in ACROSS
        if whole:
            # Whatever a program had open ends with it.
            phases |= {lane: "idle" for lane in run.lanes if lane.startswith(f"{event.actor} at ")}
        else:
            number += 1
            phases[event.actor] = "open" if event.open else "idle"
        actor = 0 if whole else run.lanes.index(event.actor)
        after = tuple(phases.values())
        marked = about is not None and bool(about.search(f"{event.text} {event.result}"))
        yield Row(event, actor, 0 if whole else number, before, after, breaks=breaks, whole=whole, marked=marked)


def _about(run: CrashRun) -> re.Pattern[str] | None:
    """Return what finds the values that are lost or doubled in the words of a row."""
    values = run.broken.difference.about if run.broken and run.broken.difference else ()
    # A lone digit would be found in every other row.
    names = [re.escape(value) for value in values if len(value) > 1 or value.isalpha()]
    return re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)") if names else None


def _rows(actors: Sequence[str], run: Run) -> Iterator[Row]:
    phases: dict[str, Phase] = dict.fromkeys(actors, "idle")
    numbers: dict[str, int] = {}
    switches = _switches(run.choices)
    steps = 0
    breaks = min(max(1, run.broken.after), len(run.events)) if run.broken else 0
    for count, event in enumerate(run.events, 1):
        steps += event.kind in {"does", "waits"}
        if event.kind in {"does", "waits"}:
            numbers[event.actor] = steps
        number = numbers.get(event.actor, 0) if event.kind in {"does", "waits", "goes on"} else 0
        before = tuple(phases.values())
        phases[event.actor] = "waits" if event.kind == "waits" else "open" if event.open else "idle"
        yield Row(
            event,
            actors.index(event.actor),
            number,
            before,
            tuple(phases.values()),
            switch=event.kind in {"does", "waits"} and number in switches,
            breaks=count == breaks,
        )


def _switches(choices: Sequence[Choice]) -> set[int]:
    """Return the numbers of the steps before which an actor was left that could have gone on."""
    pairs = pairwise(choices)
    return {number for number, (last, choice) in enumerate(pairs, 2) if is_a_switch(last, choice)}
