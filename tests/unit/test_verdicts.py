"""What the verdicts of a run mean for a task and for the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.verdicts import Judged, all_tested, asked, by_task, exit_status, holds

RIGHT = Judged("a", "right", "labs/07", "high", of=2)
WRONG = Judged("b", "wrong", "labs/07", "high", of=2)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["right"], 0),
        (["right", "wrong"], 1),
        (["not written"], 1),
        (["right", "could not judge"], 69),
        (["wrong", "could not judge"], 1),
    ],
)
def test_the_exit_status_is_the_weightiest_verdict(verdicts, status):
    """Wrong is 1, "could not judge" alone is 69 and never 0."""
    assert exit_status([Judged("a", verdict) for verdict in verdicts]) == status


def test_a_task_is_all_tested_only_where_every_test_of_it_ran():
    """One of two tests, or one of an unknown number, proves nothing about the task."""
    assert all_tested([RIGHT, WRONG])
    assert not all_tested([RIGHT])
    assert not all_tested([Judged("a", "right", "labs/07", "high", of=0)])
    assert (holds([RIGHT]), asked([RIGHT])) == (1, 2)


def test_verdicts_are_grouped_by_lab_and_task():
    """A verdict on a lab that can't be read belongs to no task."""
    assert by_task([RIGHT, Judged("x", "could not judge"), WRONG]) == {Path("labs/07"): {"high": [RIGHT, WRONG]}}
