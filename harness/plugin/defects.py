"""Defects of our own that come to light beside a verdict: the verdict stands, and one line says what is amiss."""

from __future__ import annotations

import traceback
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def in_words(what: str, error: Exception) -> str:
    """Return the line about what could not be done, with the error and the line of ours that it came from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(frame.filename)
    place = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path.name
    why = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what} ({why}; {place}:{frame.lineno}). That is a defect of Backend Labs, and the verdict stands."
