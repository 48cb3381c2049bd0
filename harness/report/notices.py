"""What a learner reads where there is nothing to compare: a task not begun, a verdict that can't be given."""

from __future__ import annotations

import re

from harness.catalogue import Task
from harness.errors import LabsError
from harness.report.prose import sentence, wrapped
from harness.services import Dataset

WIDTH = 100


def not_written(error: LabsError, task: Task, file: str, *, hint: str, again: str) -> str:
    """Return the notice of a task still to do: what it asks for, where, and the commands that lead on."""
    lines = wrapped(error.message + (f" ({error.advice})" if error.advice else ""), WIDTH, "✗ ", "  ")
    lines += ["", *wrapped(task.sentence, WIDTH, "  ", "  "), f"  {file} says at its top what to write."]
    lines += ["", f"hint:   {hint}", f"again:  {again}"]
    return "\n".join(lines) + "\n"


def could_not_judge(error: LabsError) -> str:
    """Return the notice of a verdict that can't be given, through no fault of the answer."""
    lines = wrapped(error.message, WIDTH, "? ", "  ") + wrapped(error.advice, WIDTH, "  ", "  ")
    return "\n".join(lines) + "\n"


def told_in_brief(wrong: LabsError, fact: str, file: str, defect: str) -> str:
    """Return the report of a wrong answer of which no more can be told, and the line that says why."""
    lines = [*wrapped(fact, WIDTH, "✗ ", "  "), f"  {file}", "", *wrapped(sentence(wrong.message), WIDTH)]
    return "\n".join([*lines, "", f"defect: {defect}"]) + "\n"


def describe_data(dataset: Dataset, sql: str) -> str:
    """Name a data set and the size of the tables that `sql` names: data set "ties" (seed 7; 12 rows in payment)."""
    words = set(re.findall(r"\w+", sql.lower()))
    counts = [(len(rows), table) for table, rows in dataset.tables.items() if table in words]
    told = [f"{count} {'row' if count == 1 else 'rows'} in {table}" for count, table in counts]
    seed = [f"seed {dataset.seed}"] if dataset.seed is not None else []
    known = "; ".join([*seed, *([", ".join(told)] if told else [])])
    return f'data set "{dataset.name}"' + (f" ({known})" if known else "")
