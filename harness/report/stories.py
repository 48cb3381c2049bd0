"""A story that went wrong: what should have come of its last moment, and all that led there."""

from __future__ import annotations

from harness.explorers.stories import WrongStory
from harness.report.beside import one_above_the_other
from harness.report.context import Context
from harness.report.prose import sentence, wrapped
from harness.report.story import Story
from harness.report.timeline.text import text_timeline


def wrong_story(wrong: WrongStory, context: Context, width: int) -> Story:
    """Return the story: the rule, expected and observed, and the timeline with a word on how to read it."""
    found = wrong.exploration
    broken = found.shortest.broken if found.shortest else None
    seen = broken.difference if broken else None
    told = sentence(broken.fact) if broken and broken.fact != context.fact else ""
    if wrong.made_up:
        told = f"{told} This is the shortest story found in which it doesn't.".strip()
    return Story(
        told,
        [],
        [
            one_above_the_other(seen.expected, seen.observed, width) if seen else [],
            wrapped(f"Given: {found.given}", width, "", "  ") if found.given else [],
            text_timeline(found, width),
            wrapped(key_to_story(wrong), width),
        ],
    )


def key_to_story(wrong: WrongStory) -> str:
    """Return what explains the signs of this timeline."""
    run = wrong.exploration.shortest
    told = "Read it downwards. No real time passes: the clock is the test's."
    if run is not None and any(event.open for event in run.events):
        told += " │ is what goes on meanwhile: a call without an answer yet, or a breaker that is not closed."
    return told
