"""The words of a run with a crash: at how many operations it breaks a rule, and what did no harm."""

from __future__ import annotations

from harness.explorers.crashes.faults import WORDS, plan_of
from harness.explorers.crashes.history import CrashExploration


def how_many_crashes_break_it(found: CrashExploration) -> str:
    """Return in one sentence how many of the runs break the rule, and how the shortest of them comes about."""
    run = found.shortest
    if run is None:
        return ""
    if not run.faults:
        return "It breaks without any crash."
    if found.ran == 1:
        return f"This run breaks it: {faults_in_words(run.token)}."
    return f"{found.broke:,} of {found.ran - 1:,} crashes and errors break it; the first: {faults_in_words(run.token)}."


def which_crashes_were_tried(found: CrashExploration) -> list[str]:
    """Return the sentences on what was tried."""
    if found.ran == 1:
        return []
    operations = "operation" if found.operations == 1 else "operations"
    told = [f"Each of {found.operations:,} {operations} was crashed and made to fail."]
    if found.twice:
        told.append(f"{found.twice:,} runs had a second crash while the program recovered.")
    return told


def what_does_no_harm(found: CrashExploration) -> list[str]:
    """Return what is known to hold, although the rule does not hold after every crash."""
    if found.shortest is None or not found.shortest.faults or found.ran == 1:
        return []
    kept = found.ran - 1 - found.broke
    told = ["without a crash the rule holds"]
    if kept > 0:
        told.append(f"{kept:,} of {found.ran - 1:,} crashes and errors do no harm")
    return told


def faults_in_words(token: str) -> str:
    """Return what befalls the program: crash after operation 3, and then crash after operation 7."""
    told = [f"{WORDS[fault.kind]} operation {fault.number}" for fault in plan_of(token)]
    return ", and then ".join(told) or "no crash"
