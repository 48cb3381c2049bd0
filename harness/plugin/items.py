"""What the plugin knows of a collected test, and how a learner's text stands in a report."""

from __future__ import annotations

from typing import Any

import pytest

from harness.answers import AnswerSet
from harness.catalogue import Lab, Task
from harness.errors import LabsError
from harness.verdicts import Judged

DEFAULT_SEED = 2026


class LabItem:
    """What the plugin knows of one collected test of a lab."""

    def __init__(self, lab: Lab, task: Task, answers: AnswerSet, fact: str) -> None:
        self.lab, self.task, self.answers, self.fact = lab, task, answers, fact
        self.key = (str(lab.folder), task.name)


LAB = pytest.StashKey[LabItem]()
PROBLEM = pytest.StashKey[LabsError]()


class LearnerText:
    """A failure as the learner reads it, in the place where pytest would print a stack trace."""

    def __init__(self, text: str, summary: str) -> None:
        self.text = text
        # pytest's short summary looks for its one line here.
        self.reprcrash = type("Summary", (), {"message": summary})

    def __str__(self) -> str:
        """Return the plain text; it crosses from a worker of pytest-xdist as this."""
        return self.text

    def toterminal(self, writer: Any) -> None:
        """Write the text, its marks coloured where the terminal has colours."""
        colours = {
            "✗": {"red": True, "bold": True},
            "✔": {"green": True},
            "?": {"yellow": True, "bold": True},
        }
        for line in self.text.splitlines():
            writer.line(line, **colours.get(line.lstrip()[:1], {}))


def judged_of(report: pytest.TestReport) -> Judged | None:
    """Return the verdict that a report carries, if its test is a lab's."""
    plain = getattr(report, "lab_judged", None)
    return Judged(**plain) if plain else None
