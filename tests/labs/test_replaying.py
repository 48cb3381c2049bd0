"""A failed order can be run again, step by step, and looked at as a picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.catalogue import find_lab, project_root
from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_WRONG
from harness.runs import run_lab

LAB = find_lab(project_root(Path(__file__)), "03")
ONE_TEST = ("-k", "test_withdraw_never_pays_twice")
MISTAKE = ("--answers", "mistake:check_then_write")


@pytest.fixture
def failed(services):
    """The text of a failure, as a learner reads it."""
    run = run_lab(LAB, ("--services", services, *MISTAKE, *ONE_TEST))
    assert run.status == EXIT_WRONG, run.output
    (entry,) = run.verdicts.values()
    return entry["text"]


def test_a_failure_gives_the_command_that_replays_it(failed, services):
    """The token in a failure runs exactly that order, with what is committed after each step."""
    token = re.search(r"--replay (\w+)", failed).group(1)
    replayed = run_lab(LAB, ("--services", services, *MISTAKE, *ONE_TEST, "--replay", token))
    assert replayed.status == EXIT_WRONG, replayed.output
    assert f"replaying {token}: A is Ann and B is Bob" in replayed.output
    assert re.search(r"Bob: COMMIT\n.*\n    committed  account: \(1, Ann, 30", replayed.output), replayed.output
    assert "This order breaks it" in replayed.output


def test_a_failure_names_a_picture_that_is_there(failed):
    """The path after `look:` is a page, drawn of this very order."""
    (path,) = re.findall(r"^look:   (\S+\.html)$", failed, re.MULTILINE)
    page = (LAB.root / path).read_text(encoding="utf-8")
    assert "<svg" in page
    assert "here the rule is broken" in page


def test_what_is_refused_before_the_first_step_has_no_order_to_replay(services, tmp_path):
    """A call that starts a thread at once is told so, without a command that could replay nothing."""
    (tmp_path / "2_withdraw.py").write_text(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def withdraw(connection, account_id, amount):\n"
        "    with ThreadPoolExecutor(1) as pool:\n"
        "        return pool.submit(connection.commit).result()\n"
    )
    run = run_lab(LAB, ("--services", services, "--answers", str(tmp_path), *ONE_TEST))
    assert run.status == EXIT_WRONG, run.output
    (entry,) = run.verdicts.values()
    assert "Ann: it starts a thread" in entry["text"]
    assert "--replay" not in entry["text"]


@pytest.mark.parametrize(
    ("token", "words"),
    [("AAAAAAAA", "take other steps now"), ("abba", "names no order")],
    ids=["of other code", "no token"],
)
def test_a_token_that_does_not_fit_says_so(services, token, words):
    """A token of other code, or none at all, is no verdict about the answer."""
    run = run_lab(LAB, ("--services", services, *MISTAKE, *ONE_TEST, "--replay", token))
    assert run.status == EXIT_COULD_NOT_JUDGE, run.output
    assert words in run.output
