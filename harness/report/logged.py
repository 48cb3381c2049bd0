"""What libraries have logged, as a learner can read it: of five thousand warnings that are all alike the latest."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_LINES = 12

Section = tuple[str, str]


def in_short(sections: Sequence[Section]) -> list[Section]:
    """Return pytest's captured sections, each log cut to its latest lines; what was printed stays as it is."""
    return [(title, _latest(text) if " log " in title else text) for title, text in sections]


def _latest(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= _MOST_LINES:
        return text
    return "\n".join([f"({len(lines) - _MOST_LINES:,} lines before these)", *lines[-_MOST_LINES:]])
