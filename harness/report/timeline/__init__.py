"""The shortest order that breaks a rule, drawn: as plain text."""

from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened

__all__ = [
    "how_many_break_it",
    "key_to",
    "shortened",
    "text_timeline",
    "what_keeps_it",
    "which_were_run",
]
