"""Every word and picture that a learner reads. Plain text: whoever prints it adds the colours."""

from harness.report.board import Facts, board, plain_table
from harness.report.context import Context, Likely
from harness.report.failure import failure
from harness.report.notices import could_not_judge, describe_data, not_written, told_in_brief

__all__ = [
    "Context",
    "Facts",
    "Likely",
    "board",
    "could_not_judge",
    "describe_data",
    "failure",
    "not_written",
    "plain_table",
    "told_in_brief",
]
