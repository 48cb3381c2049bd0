"""The story of a rule that does not hold after a crash: at how many it breaks, and the shortest run that shows it."""

from __future__ import annotations

from harness.explorers.crashes.verdicts import BrokenByACrash
from harness.report.beside import one_above_the_other
from harness.report.context import Context
from harness.report.prose import sentence, wrapped
from harness.report.story import Story
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened


def broken_by_a_crash(wrong: BrokenByACrash, context: Context, width: int) -> Story:
    """Return the story: the numbers, expected and observed, and the timeline with a word on how to read it."""
    found = wrong.exploration
    broken = found.shortest.broken if found.shortest else None
    seen = broken.difference if broken else None
    told = [how_many_break_it(found), *which_were_run(found)]
    if broken is not None and broken.fact != context.fact:
        told.insert(0, f"A rule does not hold: {sentence(broken.fact)}")
    given = wrapped(f"Each run begins with: {shortened(found.given)}", width, "", "  ") if found.given else []
    return Story(
        " ".join(told),
        what_keeps_it(found),
        [
            one_above_the_other(seen.expected, seen.observed, width) if seen else [],
            given,
            text_timeline(found, width),
            wrapped(key_to(found), width),
        ],
    )
