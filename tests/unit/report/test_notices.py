"""The notices: a task not begun, a verdict that can't be given, and what a data set holds."""

from __future__ import annotations

from harness.catalogue import Task
from harness.errors import ServiceUnavailable, Wrong
from harness.report import could_not_judge, describe_data, not_written
from harness.services import Dataset


def test_a_task_not_begun_says_what_to_write_and_where():
    """A task that waits is told by its file, its sentence, and the commands for a hint and for another run."""
    task = Task("running_total", "2_running_total.sql", "Add up each shop's payments, one by one.", ())
    error = Wrong("not written yet: exercise/2_running_total.sql", "the file is empty")
    text = not_written(error, task, "labs/x/exercise/2_running_total.sql", hint="labs hint r", again="pytest labs/x")
    assert text == (
        "✗ not written yet: exercise/2_running_total.sql (the file is empty)\n"
        "\n"
        "  Add up each shop's payments, one by one.\n"
        "  labs/x/exercise/2_running_total.sql says at its top what to write.\n"
        "\n"
        "hint:   labs hint r\n"
        "again:  pytest labs/x\n"
    )


def test_no_verdict_is_told_with_its_remedy():
    """A verdict that can't be given says why in one sentence, and what to do."""
    text = could_not_judge(ServiceUnavailable("no Docker engine answers", "Start it, or say --services embedded."))
    assert text == "? no Docker engine answers\n  Start it, or say --services embedded.\n"


def test_a_data_set_is_described_by_the_tables_that_the_query_names():
    """The line on a data set counts the rows of the tables in question; of all where the query names none."""
    data = Dataset("ties", "", {"payment": [(1,)] * 12, "visit": [(1,)]}, seed=7)
    assert describe_data(data, "SELECT * FROM Payment") == 'data set "ties" (seed 7; 12 rows in payment)'
    assert describe_data(data, "select 1") == 'data set "ties" (seed 7)'
    assert describe_data(Dataset("none", "", {}), "") == 'data set "none"'
