"""What one kind of failure has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    """A sentence, what holds all the same, blocks of lines, the number of the line meant in the learner's file."""

    sentence: str
    holds: Sequence[str] = ()
    blocks: Sequence[Sequence[str]] = ()
    line: int | None = None
    advice: str = field(default="")
