"""What can be wrong with an answer before its result is looked at: each a verdict of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.errors import Wrong

if TYPE_CHECKING:  # a lab without answers in Python has no use for the explorer
    from harness.explorers.interleavings import Frames, Outcome


class Unreadable(Wrong):
    """The file isn't written in its `language`: `line` and `column` (both from 1) and `length` say where."""

    language = ""

    def __init__(self, message: str, line: int, column: int, length: int = 1) -> None:
        super().__init__(message)
        self.line, self.column, self.length = line, column, length


class NotToml(Unreadable):
    """A form that can't be read."""

    language = "TOML"


class NotPython(Unreadable):
    """A file that doesn't compile."""

    language = "Python"


class DoesNotLoad(Wrong):
    """The file raises while it is loaded; `outcome` says what."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"the file can't be loaded: {_raised(outcome)}")
        self.outcome = outcome


class NoSuchFunction(Wrong):
    """The function is missing, or can't be called as the task says; `signature` is the reference's, or empty."""

    def __init__(self, message: str, signature: str = "") -> None:
        super().__init__(message)
        self.signature = signature


class CallFailed(Wrong):
    """The call ended with an exception that the test doesn't expect; `outcome` says which."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(_raised(outcome))
        self.outcome = outcome


class TransactionLeftOpen(Wrong):
    """The call returned, and neither committed nor rolled back."""


class NotAllowed(Wrong):
    """The code did what no answer may do; `frames` are the files and lines that led there, the innermost last."""

    def __init__(self, message: str, frames: Frames = ()) -> None:
        super().__init__(message)
        self.frames = frames


class NeverEnds(NotAllowed):
    """The code computes, or waits, for longer than any right answer; no later test tries it again.

    `latest` are the operations that it goes round in, if it takes any.
    """

    def __init__(self, message: str, frames: Frames = (), latest: Sequence[str] = ()) -> None:
        super().__init__(message, frames)
        self.latest = tuple(latest)


def _raised(outcome: Outcome) -> str:
    code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
    return f"{outcome.error}{code}: {outcome.message}"
