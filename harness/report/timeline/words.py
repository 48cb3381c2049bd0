"""The words of a timeline: what came of a step, how a call ended, how many orders there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.explorers.crashes.history import CrashExploration
from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Event, Kind
from harness.report.timeline.crash_words import (
    how_many_crashes_break_it,
    what_does_no_harm,
    which_crashes_were_tried,
)
from harness.report.timeline.rows import Explored, Row

BROKEN_HERE = "here the rule is broken"
# What befalls a program as a whole.
ACROSS_SIGNS: Mapping[Kind, str] = {"crashes": "↯", "starts": "↻", "ends": "·"}
MARKED = "◆"
A_SWITCH = "A switch leaves a call that could have gone on, for another."


def came_of(row: Row, outcome: Outcome | None = None) -> list[str]:
    """Return what a row says below its statement: → 2 rows, waits for Ann, ✗ 40001, returned True; at most two texts.

    `outcome` is that of the actor's call, which names the exception.
    """
    event = row.event
    match event.kind:
        case "does":
            return [text for text in [_result(event)] if text]
        case "waits":
            return [f"waits for {listed(event.blockers) or 'a lock'}"]
        case "goes on":
            return [f"goes on {_result(event)}".rstrip()]
        case "returns":
            told = f"returned {event.result}".rstrip()
        case "raises":
            told = _raised(event, outcome)
        case _:  # what stands across all columns is told in one line
            return []
    left = "its transaction is still open" if event.open else "rolled back" if row.closes else ""
    return [told, left] if left else [told]


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: Ann, Bob and Cleo."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def counted(count: int, thing: str) -> str:
    """Return how many there are: 1 order, 1,680 orders, 2 switches, no switch."""
    plural = f"{thing}es" if thing.endswith("ch") else f"{thing}s"
    return f"no {thing}" if count == 0 else f"1 {thing}" if count == 1 else f"{count:,} {plural}"


def how_many_break_it(exploration: Explored) -> str:
    """Return in one sentence how many of the orders break the rule, and how the shortest of them comes about."""
    if isinstance(exploration, CrashExploration):
        return how_many_crashes_break_it(exploration)
    ran, broke = exploration.ran, exploration.broke
    switches = exploration.shortest.switches if exploration.shortest else 0
    shortest = counted(switches, "switch") if switches else "no switch, one call after the other"
    if exploration.shortest and exploration.shortest.timers:
        shortest += f", {counted(exploration.shortest.timers, 'time-out')}"
    if ran == 1:
        return f"This order breaks it: {shortest}."
    if broke == ran:
        return f"All {counted(ran, 'order')} break it; this is the shortest: {shortest}."
    return f"{broke:,} of {counted(ran, 'order')} {_breaks(broke)} it; this is the shortest: {shortest}."


def which_were_run(exploration: Explored) -> list[str]:
    """Return the sentences on which orders were run, and why others were not."""
    if isinstance(exploration, CrashExploration):
        return which_crashes_were_tried(exploration)
    told = []
    if exploration.ran > 1:
        if exploration.bound is None:
            told.append("Every order of their steps was run.")
        elif exploration.bound == 0:
            told.append("Every order without a switch was run.")
        elif exploration.bound > 0:
            told.append(f"Every order with at most {counted(exploration.bound, 'switch')} was run.")
    for reason, count in exploration.pruned.items():
        told.append(f"{count:,} more {'was' if count == 1 else 'were'} given up: {reason.rstrip('.')}.")
    return told


def what_keeps_it(exploration: Explored) -> list[str]:
    """Return what is known to hold, although the rule does not hold in every order."""
    if isinstance(exploration, CrashExploration):
        return what_does_no_harm(exploration)
    kept = exploration.ran - exploration.broke
    told = []
    if exploration.shortest is not None and exploration.shortest.switches and exploration.ran > 1:
        told.append("one call after the other keeps the rule, whoever goes first")
    if kept > 0:
        told.append(f"{kept:,} of {counted(exploration.ran, 'order')} {'keeps' if kept == 1 else 'keep'} it")
    return told


def _result(event: Event) -> str:
    if event.error:
        return f"✗ {event.error} {event.result}".rstrip()
    return f"→ {event.result}" if event.result else ""


def _raised(event: Event, outcome: Outcome | None) -> str:
    """Name the exception; what the server says for itself stands at the statement that it refused."""
    if outcome is None or not outcome.error:
        return f"raised {event.error}"
    if outcome.sqlstate:
        return f"raised {outcome.error} {outcome.sqlstate}"
    return f"raised {outcome.error}: {outcome.message}" if outcome.message else f"raised {outcome.error}"


def _breaks(count: int) -> str:
    return "breaks" if count == 1 else "break"
