"""The story of a rule that does not hold in every order: how many break it, and the shortest that does."""

from __future__ import annotations

from collections.abc import Sequence

from harness.explorers.interleavings.explorer import NO_CALL_FAILS
from harness.explorers.interleavings.steps import Outcome
from harness.explorers.interleavings.trace import Broken, Difference, Exploration
from harness.explorers.interleavings.verdicts import BrokenInSomeOrder
from harness.report.context import Context
from harness.report.grid import MARK
from harness.report.prose import sentence, wrapped
from harness.report.story import Story
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened


def broken_order(wrong: BrokenInSomeOrder, context: Context, width: int) -> Story:
    """Return the story: the numbers, expected and observed, and the timeline with a word on how to read it."""
    found = wrong.exploration
    broken = found.shortest.broken if found.shortest else None
    told = [how_many_break_it(found), *which_were_run(found)]
    if broken is not None and broken.fact != context.fact:
        told.insert(0, f"A rule does not hold in every order: {sentence(broken.fact)}")
    given = wrapped(f"Each order begins with: {shortened(found.given)}", width, "", "  ") if found.given else []
    remarks = [line for remark in found.remarks for line in wrapped(sentence(remark), width, "  • ", "    ")]
    return Story(
        " ".join(told),
        what_keeps_it(found),
        [
            _side_by_side(broken.difference, width) if broken and broken.difference else [],
            given,
            text_timeline(found, width),
            wrapped(key_to(found), width),
            remarks,
        ],
        _line_of(broken, found, context.file),
    )


def _side_by_side(difference: Difference, width: int) -> list[str]:
    """Return expected and observed, one below the other, with a mark where they part."""
    expected, observed = difference.expected.split(), difference.observed.split()
    same = 0
    while same < min(len(expected), len(observed)) and expected[same] == observed[same]:
        same += 1
    if expected and same < len(observed):
        observed[same] = MARK + observed[same]
    lines = wrapped(" ".join(expected), width, "  ≠ expected  ", " " * 14) if expected else []
    return lines + wrapped(" ".join(observed), width, "    observed  " if lines else "  ≠ observed  ", " " * 14)


def _line_of(broken: Broken | None, found: Exploration, file: str) -> int | None:
    """Return the line of the learner's file that an exception came through, where that is what is wrong."""
    if broken is None or found.shortest is None or broken.fact != NO_CALL_FAILS or not file:
        return None
    return next((line for outcome in found.shortest.outcomes.values() for line in _lines(outcome, file)), None)


def _lines(outcome: Outcome, file: str) -> Sequence[int]:
    """Return the lines of a file that the exception came through, the innermost first."""
    return [line for name, line in reversed(outcome.frames) if name.replace("\\", "/").endswith(f"/{file}")]
