"""What a check has found out: one sentence, how bad it is, and the command that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.errors import LabsError


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"  # labs run, but slower, on one provider only, or not before something has been fetched
    MISSING = "missing"  # something is not here that a lab may need


@dataclass(frozen=True)
class Finding:
    """One fact about this machine: `about` says of what, in a word or two.

    `mend` is one command to be pasted into a shell as it stands, or, where none could mend it, shows more. It is there
    unless the finding is ok.
    """

    about: str
    level: Level
    sentence: str
    mend: str = ""


def ok(about: str, sentence: str) -> Finding:
    """All is well."""
    return Finding(about, Level.OK, sentence)


def warning(about: str, sentence: str, mend: str) -> Finding:
    """The labs run, with something less than there could be."""
    return Finding(about, Level.WARNING, sentence, mend)


def missing(about: str, sentence: str, mend: str) -> Finding:
    """Something isn't here."""
    return Finding(about, Level.MISSING, sentence, mend)


def broken(about: str, error: Exception) -> Finding:
    """A check that has failed itself says so in its own line and spoils no other one."""
    if isinstance(error, LabsError) and error.advice:
        return warning(about, f"this could not be looked at: {error.message}", f"# {error.advice}")
    text = str(error).strip().split("\n", 1)[0]
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return warning(about, f"this could not be looked at ({said})", f"labs doctor --json  # and report {about!r}")


def megabytes(amount: int) -> str:
    """So many bytes in words: "700 MB", "23.4 GB"."""
    return f"{amount // 2**20} MB" if amount < 2**30 else f"{amount / 2**30:.1f} GB"
