"""The story of a rule that does not hold after a crash: at how many it breaks, and the shortest run that shows it."""

from __future__ import annotations

from harness.explorers.crashes.faults import WORDS, plan_of
from harness.explorers.crashes.history import CrashExploration, CrashRun
from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.report.beside import one_above_the_other
from harness.report.context import Context
from harness.report.prose import sentence, wrapped
from harness.report.story import Story
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import counted
from harness.report.timeline.wrapping import shortened


def broken_by_a_crash(wrong: BrokenByACrash, context: Context, width: int) -> Story:
    """Return the story: the numbers, expected and observed, and the timeline with a word on how to read it."""
    found = wrong.exploration
    broken = found.shortest.broken if found.shortest else None
    seen = broken.difference if broken else None
    told = [how_many_break(found)]
    if broken is not None and broken.fact != context.fact:
        told.insert(0, f"A rule does not hold: {sentence(broken.fact)}")
    given = wrapped(f"Each run begins with: {shortened(found.given)}", width, "", "  ") if found.given else []
    return Story(
        " ".join(told),
        what_keeps(found),
        [
            one_above_the_other(seen.expected, seen.observed, width) if seen else [],
            given,
            text_timeline(found, width),
            wrapped(key_to(found), width),
        ],
    )


def how_many_break(found: CrashExploration) -> str:
    """Return in one sentence in how many of the runs the rule breaks, and how the shortest of them comes about."""
    run = found.shortest
    if run is None:
        return ""
    if not run.faults:
        return "It breaks without any crash."
    if found.ran == 1:
        return f"This run breaks it: {_faults(run)}."
    tried = f"{counted(found.operations, 'operation')}, {counted(found.ran - 1, 'crash or error')}".replace(
        "crash or errors", "crashes and errors"
    )
    return f"{tried}: {found.broke:,} break it. The first: {_faults(run)}."


def what_keeps(found: CrashExploration) -> list[str]:
    """Return what is known to hold, although the rule does not hold after every crash."""
    told = []
    if found.shortest is not None and found.shortest.faults and found.ran > 1:
        told.append("without a crash the rule holds")
    kept = found.ran - 1 - found.broke
    if told and kept > 0:
        told.append(f"{kept:,} of {found.ran - 1:,} crashes and errors do no harm")
    return told


def _faults(run: CrashRun) -> str:
    return ", and then ".join(f"{WORDS[fault.kind]} operation {fault.number}" for fault in plan_of(run.token))
