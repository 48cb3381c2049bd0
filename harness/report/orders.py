"""The story of a rule that does not hold in every order: how many break it, and the shortest that does."""

from __future__ import annotations

from collections.abc import Sequence

from harness.explorers.interleavings.explorer import NO_CALL_FAILS
from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Broken, Exploration
from harness.explorers.interleavings.verdicts import BrokenInSomeOrder, SeenInNoOrder
from harness.report.beside import one_above_the_other
from harness.report.context import Context
from harness.report.prose import sentence, wrapped
from harness.report.story import Story
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import counted, how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened


def broken_order(wrong: BrokenInSomeOrder, context: Context, width: int) -> Story:
    """Return the story: the numbers, expected and observed, and the timeline with a word on how to read it."""
    found = wrong.exploration
    broken = found.shortest.broken if found.shortest else None
    seen = broken.difference if broken else None
    told = [how_many_break_it(found), *which_were_run(found)]
    if broken is not None and broken.fact != context.fact:
        told.insert(0, f"A rule does not hold in every order: {sentence(broken.fact)}")
    remarks = [line for remark in found.remarks for line in wrapped(sentence(remark), width, "  • ", "    ")]
    return Story(
        " ".join(told),
        what_keeps_it(found),
        [
            one_above_the_other(seen.expected, seen.observed, width) if seen else [],
            _given(found, width),
            text_timeline(found, width),
            wrapped(key_to(found), width),
            remarks,
        ],
        _line_of(broken, found, context.file),
    )


def in_no_order(wrong: SeenInNoOrder, context: Context, width: int) -> Story:
    """Return the story of what was said to happen and never does: the numbers, and the order in which it would."""
    found = wrong.exploration
    return Story(
        " ".join([sentence(f"{wrong.message}, in none of {counted(found.ran, 'order')}"), *which_were_run(found)]),
        [],
        [
            one_above_the_other(wrong.expected, wrong.observed, width),
            wrapped("This is the order in which one would expect it:", width),
            _given(found, width),
            text_timeline(found, width),
            wrapped(key_to(found), width),
        ],
    )


def _given(found: Exploration, width: int) -> list[str]:
    return wrapped(f"Each order begins with: {shortened(found.given)}", width, "", "  ") if found.given else []


def _line_of(broken: Broken | None, found: Exploration, file: str) -> int | None:
    """Return the line of the learner's file that an exception came through, where that is what is wrong."""
    if broken is None or found.shortest is None or broken.fact != NO_CALL_FAILS or not file:
        return None
    return next((line for outcome in found.shortest.outcomes.values() for line in _lines(outcome, file)), None)


def _lines(outcome: Outcome, file: str) -> Sequence[int]:
    """Return the lines of a file that the exception came through, the innermost first."""
    return [line for name, line in reversed(outcome.frames) if name.replace("\\", "/").endswith(f"/{file}")]
