"""A lab with answers in Python, as a learner runs it: options, fixtures, verdicts and texts."""

from __future__ import annotations

import pytest

from harness.catalogue import load_lab
from harness.runs import run_lab

LAB = """
id = "bank"
title = "Bank"
branch = "data"
services = ["postgres"]
minutes = 10
[[tasks]]
name = "withdraw"
file = "1_withdraw.py"
sentence = "Pay out."
hints = ["Look."]
"""
STARTER = 'def withdraw(connection, account, amount):\n    """Pay out."""\n    raise NotImplementedError\n'
TESTS = '''
from harness import Outcome, differs, nobody_waits, no_rows
import helper_of_the_bank


def test_withdraw_pays_out(answers, postgres):
    """A withdrawal is paid out."""
    with postgres.connect() as connection:
        connection.execute("INSERT INTO account VALUES (1, 100)")
    assert answers.withdraw(postgres, 1, 70) is True
    assert answers.withdraw.outcome(postgres, 1, 70) == Outcome(value=False)


def test_withdraw_loses_nothing(answers, interleave):
    """Two at once pay out what is there."""
    found = interleave(
        {name: answers.withdraw.call(1, 70) for name in ("Ann", "Bob")},
        given=helper_of_the_bank.open_account,
        at_the_end=[no_rows("No account is overdrawn.", "SELECT * FROM account WHERE balance < 0")],
        ask="Who else reads the balance?",
    )
    assert found.bound is None
'''
HELPER = """
def open_account(connection):
    connection.execute("TRUNCATE account; INSERT INTO account VALUES (1, 100)")
"""
OVERDRAWN = """
def withdraw(connection, account, amount):
    (balance,) = connection.execute("SELECT balance FROM account WHERE id = %s", (account,)).fetchone()
    if balance >= amount:
        connection.execute("UPDATE account SET balance = balance - %s WHERE id = %s", (amount, account))
    connection.commit()
    return balance >= amount
"""
RIGHT = OVERDRAWN.replace('WHERE id = %s", (account', 'WHERE id = %s FOR UPDATE", (account')
THREAD = OVERDRAWN.replace("    return", "    import threading; threading.Thread(target=print).start()\n    return")


@pytest.fixture
def run(tmp_path, server, shared_home):
    """Lend a function: the verdicts, by test, and the output of a run of the lab where the learner wrote this."""
    folder = tmp_path / "labs" / "92_bank"
    (folder / "exercise").mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    (folder / "schema.sql").write_text("CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL);")
    (folder / "test_bank.py").write_text(TESTS)
    (folder / "helper_of_the_bank.py").write_text(HELPER)

    def run_it(text, *options):
        (folder / "exercise" / "1_withdraw.py").write_text(text)
        done = run_lab(load_lab(folder), ("--services", server.provider, *options))
        return done.verdicts, done.output

    with shared_home.entered():
        yield run_it


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (STARTER, ("not written", "not written")),
        (RIGHT, ("right", "right")),
        (OVERDRAWN, ("right", "wrong")),
        (THREAD, ("wrong", "wrong")),
    ],
    ids=["starter", "right", "overdrawn", "thread"],
)
def test_verdicts_and_texts_are_the_same_both_ways(run, text, verdicts):
    """What a learner reads doesn't depend on where the code runs, and is no stack trace."""
    here, output = run(text)
    worker, _ = run(text, "--answers-in", "worker")
    assert tuple(entry["verdict"] for entry in here.values()) == verdicts, output
    assert here == worker
    assert "Traceback" not in output


def test_a_broken_rule_names_the_learners_file(run):
    """What an exploration finds is told with the file, the rule, and the question that leads on."""
    found, _ = run(OVERDRAWN)
    told = found["test_withdraw_loses_nothing"]["text"]
    for words in ("labs/92_bank/exercise/1_withdraw.py", "No account is overdrawn.", "Who else reads the balance?"):
        assert words in told


def test_a_place_for_answers_that_means_nothing_is_refused(run):
    """A bad option ends before any test runs, with what it could have been."""
    found, output = run(RIGHT, "--answers-in", "cloud")
    assert not found
    assert "--answers-in (or LABS_ANSWERS_IN) is here or worker" in output
