"""The shortest order that breaks a rule, drawn: as plain text, as Mermaid, as SVG, and as a page with its story."""

from harness.report.timeline.mermaid import mermaid
from harness.report.timeline.page import page, write_picture
from harness.report.timeline.svg import svg
from harness.report.timeline.text import key_to, text_timeline
from harness.report.timeline.words import how_many_break_it, what_keeps_it, which_were_run
from harness.report.timeline.wrapping import shortened

__all__ = [
    "how_many_break_it",
    "key_to",
    "mermaid",
    "page",
    "shortened",
    "svg",
    "text_timeline",
    "what_keeps_it",
    "which_were_run",
    "write_picture",
]
