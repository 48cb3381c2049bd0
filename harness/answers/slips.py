"""What can be wrong with an answer before its result is looked at: each a verdict of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import Wrong

if TYPE_CHECKING:  # a lab without answers in Python has no use for the explorer
    from harness.explorers.interleavings import Outcome


class NotToml(Wrong):
    """A form that can't be read; `line` is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class NotPython(Wrong):
    """The file doesn't compile; `line`, `column` (both from 1) and `length` say where."""

    def __init__(self, message: str, line: int, column: int, length: int) -> None:
        super().__init__(message)
        self.line, self.column, self.length = line, column, length


class DoesNotLoad(Wrong):
    """The file raises while it is loaded; `outcome` says what."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"the file can't be loaded: {_raised(outcome)}")
        self.outcome = outcome


class NoSuchFunction(Wrong):
    """The function is missing, or can't be called as the task says."""


class CallFailed(Wrong):
    """The call ended with an exception that the test doesn't expect; `outcome` says which."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(_raised(outcome))
        self.outcome = outcome


class TransactionLeftOpen(Wrong):
    """The call returned, and neither committed nor rolled back."""


class NotAllowed(Wrong):
    """The call did what no answer may do; `frames` are the files and lines it came through, the innermost last."""

    def __init__(self, message: str, frames: tuple[tuple[str, int], ...] = ()) -> None:
        super().__init__(message)
        self.frames = frames


class NeverEnds(Wrong):
    """The call computes, or waits, for longer than any right answer; no later test tries it again."""

    def __init__(self, message: str, frames: tuple[tuple[str, int], ...] = ()) -> None:
        super().__init__(message)
        self.frames = frames


def _raised(outcome: Outcome) -> str:
    code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
    return f"{outcome.error}{code}: {outcome.message}"
