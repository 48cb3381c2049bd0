"""What a learner reads of an answer that has slipped before its result could be looked at.

Only lines of the learner's own file are shown: ours, and the libraries', would stand between them and the slip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.answers import (
    CallFailed,
    DoesNotLoad,
    NeverEnds,
    NoSuchFunction,
    NotAllowed,
    NotPython,
    NotToml,
    Origin,
    TransactionLeftOpen,
)
from harness.answers.slips import Unreadable
from harness.errors import LabsError, Wrong
from harness.report.carets import excerpt
from harness.report.context import Context
from harness.report.prose import wrapped
from harness.report.story import Story

if TYPE_CHECKING:  # a lab without answers in Python has no use for the explorer
    from harness.explorers.interleavings import Frames, Outcome

# Of the calls that led to a line: the outermost say what was asked for, the innermost where it went wrong.
_MOST_CALLS = 4
_LOADS = "your file loads, and its function can be called"


def _unreadable(wrong: Unreadable, _context: Context, width: int) -> Story:
    text = _line(wrong, wrong.line)
    marks = excerpt(wrong.line, text, min(wrong.column - 1, len(text)), wrong.length, width)
    return Story(f"The file is no {wrong.language}: {wrong.message}", [], [marks], wrong.line)


def _does_not_load(wrong: DoesNotLoad, _context: Context, width: int) -> Story:
    line, marks = _where(wrong, wrong.outcome.frames, width)
    return Story(f"Python can't load the file: {_raised(wrong.outcome)}", [], [marks], line)


def _no_such_function(wrong: NoSuchFunction, _context: Context, width: int) -> Story:
    # The call is code: it isn't wrapped like prose, and it isn't a sentence.
    call = [f"  {wrong.signature}"] if wrong.signature else []
    return Story(wrong.message, [], [["The task asks for:", "", *call]] if call else [])


def _call_failed(wrong: CallFailed, _context: Context, width: int) -> Story:
    line, marks = _where(wrong, wrong.outcome.frames, width)
    if wrong.outcome.error == "SystemExit":
        told, advice = "Your function ends the whole program.", "Return, or raise an error."
        return Story(told, [_LOADS], [marks], line, advice)
    return Story(f"Your function raised {_raised(wrong.outcome)}", [_LOADS], [marks], line)


def _left_open(wrong: TransactionLeftOpen, _context: Context, width: int) -> Story:
    return Story(
        "Your function returned and left its transaction open: its locks stay, and its changes are lost when the "
        "connection is closed.",
        ["your function returns"],
        advice="Where does the transaction end on each way out of the function?",
    )


def _not_allowed(wrong: NotAllowed, _context: Context, width: int) -> Story:
    line, marks = _where(wrong, wrong.frames, width)
    return Story(wrong.message, [], [marks], line)


def _never_ends(wrong: NeverEnds, context: Context, width: int) -> Story:
    told = _not_allowed(wrong, context, width)
    if not wrong.latest:
        return told
    steps = [line for step in wrong.latest for line in wrapped(step, width, "  ", "    ")]
    advice = "What would have to be different in one of its rounds, so that it's the last?"
    return replace(told, blocks=[*told.blocks, ["The latest of them:", "", *steps]], advice=advice)


def _where(wrong: Wrong, frames: Frames, width: int) -> tuple[int | None, list[str]]:
    """Return the number of the learner's line that it happened in, and the lines that led there, that one marked."""
    if not isinstance(wrong.origin, Origin):
        return None, []
    numbers = [number for path, number in frames if path == str(wrong.origin.source.path)]
    if not numbers:
        return None, []
    if len(numbers) > _MOST_CALLS:
        numbers = [numbers[0], *numbers[1 - _MOST_CALLS :]]
    shown = []
    for number in numbers:
        text = _line(wrong, number).rstrip()
        indent = len(text) - len(text.lstrip())
        shown.append(excerpt(number, text, indent, len(text) - indent, width))
    return numbers[-1], [*(lines[0] for lines in shown[:-1]), *shown[-1]]


def _line(wrong: Wrong, number: int) -> str:
    """Return a line of the learner's file; an empty one where there is none."""
    lines = wrong.origin.source.text.split("\n") if isinstance(wrong.origin, Origin) else []
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def _raised(outcome: Outcome) -> str:
    """Name an exception, with the server's code and what it says, if it says anything."""
    code = f" ({outcome.sqlstate})" if outcome.sqlstate else ""
    return f"{outcome.error}{code}" + (f": {outcome.message}" if outcome.message else "")


# How each is told: a function of the failure, what is known beside it, and the width.
SLIPS: Mapping[type[LabsError], Callable[[Any, Context, int], Story]] = {
    NotToml: _unreadable,
    NotPython: _unreadable,
    DoesNotLoad: _does_not_load,
    NoSuchFunction: _no_such_function,
    CallFailed: _call_failed,
    TransactionLeftOpen: _left_open,
    NotAllowed: _not_allowed,
    NeverEnds: _never_ends,
}
