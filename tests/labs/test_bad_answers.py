"""Whatever a learner's file holds ends in one clear verdict for its own task, and leaves every other task alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.errors import EXIT_WRONG
from harness.runs import run_lab

FILE = "2_running_total.sql"
COLUMNS = "payment_id, customer_id, paid_at, amount"
TOTAL = "sum(amount) over (partition by customer_id order by paid_at, payment_id rows unbounded preceding)"


@dataclass(frozen=True)
class Case:
    """What the file holds (None: it's gone), and words that the learner must read."""

    name: str
    content: bytes | None
    words: tuple[str, ...]


CASES = (
    Case(
        "a syntax error",
        b"-- mine\nselect customer_id\nform payment",
        ('syntax error at or near "payment"', "3 │", "^"),
    ),
    Case("two statements", b"select 1;\nselect 2;", ("2 statements", "Keep one SELECT")),
    Case("a DELETE", b"delete from payment returning *", ("DELETE", "Write one SELECT")),
    Case(
        "a DELETE in a CTE",
        b"with gone as (\n delete from payment returning *)\nselect * from gone",
        ("DELETE",),
    ),
    Case("a function that is not there", b"select runing_sum(amount) from payment", ("runing_sum", "^")),
    Case(
        "a wrong column name",
        f"select {COLUMNS}, {TOTAL} as totl from payment order by 3, 1".encode(),
        ("totl", "balance"),
    ),
    Case(
        "a wrong type",
        f"select {COLUMNS}, ({TOTAL})::text as balance from payment order by 3, 1".encode(),
        ("balance", "numeric", "text"),
    ),
    Case(
        "a wrong order of columns",
        f"select customer_id, payment_id, paid_at, amount, {TOTAL} as balance from payment order by 3, 2".encode(),
        ("order", "customer_id"),
    ),
    Case(
        "a wrong order of rows",
        f"select {COLUMNS}, {TOTAL} as balance from payment order by 5".encode(),
        ("order",),
    ),
    Case(
        "no rows",
        f"select {COLUMNS}, {TOTAL} as balance from payment where false order by 3, 1".encode(),
        ("no rows",),
    ),
    Case("an empty file", b"", ("not written yet", "empty")),
    Case("only comments and a semicolon", b"-- later\n/* perhaps */ ;\n", ("not written yet",)),
    Case("a file that isn't UTF-8", "select 'Zo\u00eb' -- \u00fc".encode("latin-1"), ("not UTF-8", "line 1")),
    Case("a binary file", b"select 1\0", ("NUL",)),
    Case("a missing file", None, ("missing or was renamed", "Name it 2_running_total.sql again")),
    Case(
        "a statement that runs for ever",
        b"with recursive r as (select 1 union all select 1 from r) select count(*) from r",
        ("seconds",),
    ),
    Case(
        "rows without end",
        b"select 1 as a from payment a, payment b, payment c, payment d, payment e, payment f, payment g",
        ("100,000 rows",),
    ),
    Case("a placeholder's sign", b"select 10 % 3 as a, '%s' as b", ("customer_id",)),
    Case("a column like *", b"select * from payment", ("balance",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_answer_ends_in_one_clear_verdict(case, lab, bent_answers, services):
    """Every test of the task is red with the same kind of words, and the run's status is 1."""
    folder = bent_answers(FILE, case.content)
    run = run_lab(lab, ("--answers", str(folder), "--services", services, "-k", "running_total"))
    texts = [entry["text"] for entry in run.verdicts.values() if entry["verdict"] in ("wrong", "not written")]
    assert run.status == EXIT_WRONG, run.output
    assert texts, run.output
    assert not run.tests("could not judge"), run.output
    for word in case.words:
        assert any(word in text for text in texts), f'"{word}" is nowhere in:\n{texts[0]}'
    assert "Traceback" not in run.output


def test_a_bad_answer_harms_no_other_task(lab, bent_answers, services):
    """One file that deletes, loops or is unreadable leaves the verdict on all other tasks as it was: right."""
    folder = bent_answers(FILE, b"delete from payment returning *")
    run = run_lab(lab, ("--answers", str(folder), "--services", services))
    assert {entry["task"] for entry in run.verdicts.values() if entry["verdict"] == "wrong"} == {"running_total"}
    assert {entry["verdict"] for entry in run.verdicts.values() if entry["task"] != "running_total"} == {"right"}
