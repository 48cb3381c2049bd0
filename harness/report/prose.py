"""Sentences for people: wrapped, begun with a capital, and unable to move the cursor."""

from __future__ import annotations

import textwrap

from harness.report.values import escape


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap prose into lines of at most `width`, after the given indents; names and commands are never broken."""
    words = escape(" ".join(text.split()))
    return textwrap.wrap(
        words, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def sentence(text: str) -> str:
    """Begin a text with a capital, unless its first word is a name, and close it with a full stop."""
    word = text.partition(" ")[0]
    if word.isalpha() or word.endswith((",", ":")):
        text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?:)" else f"{text}."
