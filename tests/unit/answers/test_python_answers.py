"""Answers in Python before any server is involved: what counts as written, what crosses, what a slip is called."""

from __future__ import annotations

import functools
import re
import threading
import time

import pytest

from harness.answers import (
    CallFailed,
    DoesNotLoad,
    NoSuchFunction,
    NotAllowed,
    NotPython,
    NotWritten,
    UnusableAnswer,
)
from harness.answers.nowhere import Nowhere
from harness.errors import BrokenLab
from harness.explorers.interleavings import Outcome

HERE = Nowhere()


def written(body):
    return f"def withdraw(connection, account, amount):\n    {body}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# later\n",
        '"""What to write."""\n',
        "import psycopg\n",
        written("..."),
        written("pass"),
        written('"""Pay out."""'),
        written('"""Pay out."""\n    raise NotImplementedError'),
        written('raise NotImplementedError("later")'),
        f"import psycopg\n\nLIMIT = 3\n\n{written('...')}",
    ],
)
def test_a_function_without_a_body_is_not_written_yet(answered, text):
    """A docstring, `...`, `pass` and NotImplementedError are no answer, whatever stands around them."""
    with pytest.raises(NotWritten, match=r"not written yet: exercise/1_withdraw\.py"):
        answered(text).withdraw(HERE, 1, 70)


@pytest.mark.parametrize("body", ["return None", "raise ValueError", "...\n    return 1", "raise"])
def test_a_function_that_does_anything_is_written(answered, body):
    """The least of statements is an answer."""
    assert answered(written(body)).source("withdraw").text


def test_a_value_crosses_as_a_plain_one(answered):
    """A tuple that is returned arrives as a list: another process would send nothing else."""
    assert answered(written("return account, (amount, None)")).withdraw(HERE, 1, 70) == [1, [70, None]]


def test_an_exception_is_an_outcome_by_name(answered):
    """A test that expects an exception names it."""
    text = f"class Poor(Exception): ...\n\n{written('raise Poor(amount)')}"
    assert answered(text).withdraw.outcome(HERE, 1, 70) == Outcome(error="Poor", message="70")


def test_each_call_has_a_module_of_its_own(answered):
    """What a module keeps in memory is forgotten: two servers share none."""
    answers = answered(f"seen = []\n\n{written('seen.append(amount); return len(seen)')}")
    assert [answers.withdraw(HERE, 1, 70) for _ in range(3)] == [1, 1, 1]


def test_a_dataclass_with_texts_for_types_can_be_defined(answered):
    """A module is in its place while it is loaded: dataclasses look there."""
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass, field\n\n"
        "@dataclass\nclass Try:\n    number: int = 0\n    seen: list[int] = field(default_factory=list)\n\n"
    )
    assert answered(text + written("return Try(3).number")).withdraw(HERE, 1, 70) == 3


def test_no_time_passes_in_a_call(answered):
    """A retry helper may sleep as long as it likes, however it has imported sleep."""
    text = f"from time import sleep\nimport time\n\n{written('sleep(1e6); time.sleep(1e6); return 1')}"
    assert answered(text).withdraw(HERE, 1, 70) == 1


SLIPS = {
    "no Python": (NotPython, "def withdraw(connection:\n", "'(' was never closed"),
    "a null in the source": (UnusableAnswer, "x = '\0'", "NUL byte"),
    "no such module": (DoesNotLoad, f"import nonesuch\n{written('return 1')}", "No module named 'nonesuch'"),
    "raises while loading": (DoesNotLoad, f"1 / 0\n{written('return 1')}", "ZeroDivisionError"),
    "exits while loading": (DoesNotLoad, f"import sys\nsys.exit(0)\n{written('return 1')}", "SystemExit"),
    "renamed": (NoSuchFunction, "def withdrew(connection, a, b):\n    return 1\n", "it defines withdrew"),
    "no function": (NoSuchFunction, "withdraw = 3\n", "withdraw is no function but 3"),
    "too few parameters": (NoSuchFunction, "def withdraw(connection, a):\n    return 1\n", "can't be called with 2"),
    "async": (NoSuchFunction, f"async {written('return 1')}", "write def, not async def"),
    "raises": (CallFailed, written('raise ValueError("poor")'), "ValueError: poor"),
    "raises BaseException": (CallFailed, written("raise BaseException"), "BaseException"),
    "raises what can't be told": (
        CallFailed,
        f"class Odd(Exception):\n    def __str__(self):\n        return 1 / 0\n\n{written('raise Odd')}",
        "Odd",
    ),
    "recursion": (CallFailed, written("return withdraw(connection, account, amount)"), "RecursionError"),
    "sys.exit": (CallFailed, written("import sys; sys.exit(0)"), "SystemExit"),
    "os._exit": (NotAllowed, written("import os; os._exit(0)"), "ends the whole program"),
    "os._exit while loading": (NotAllowed, f"import os\nos._exit(0)\n{written('return 1')}", "ends the whole program"),
    "a thread": (NotAllowed, written("import threading; threading.Thread(target=print).start()"), "starts a thread"),
    "a set": (NotAllowed, written("return {1}"), "returns a set, no plain value"),
    "a generator": (NotAllowed, written("yield 1"), "returns a generator"),
    "too much": (NotAllowed, written('return "x" * 2_000_000'), "more than 1,000,000 characters"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_a_verdict_of_its_own(answered, slip):
    """Whatever a file does ends in its own kind of Wrong, which knows the file, and leaves this process as it was."""
    kind, text, words = SLIPS[slip]
    before = (threading.Thread.start, time.sleep, threading.active_count())
    with pytest.raises(kind, match=re.escape(words)) as error:
        answered(text).withdraw(HERE, 1, 70)
    if kind is not UnusableAnswer:
        assert error.value.origin.source.path.name == "1_withdraw.py"
    assert (threading.Thread.start, time.sleep, threading.active_count()) == before


def test_other_parameters_are_told_with_the_right_ones(answered):
    """A function of the right name is told how it will be called."""
    with pytest.raises(NoSuchFunction) as error:
        answered("def withdraw(connection, a):\n    return 1\n").withdraw(HERE, 1, 70)
    assert error.value.signature == "def withdraw(connection, account, amount):"


HELPER = """
calls = []

def add(connection, first, second=0):
    calls.append(first)
    return [len(calls), first + second]

def outer():
    def inner(connection): ...
    return inner

class Adder:
    def __call__(self, connection): ...
"""
USES_HELPER = "def withdraw(connection, work):\n    return work(connection, 1) + work(connection, 2)\n"


@pytest.fixture
def helper(helper_module):
    """A helper module of the lab's, imported as a test of it would."""
    return helper_module("bank_helper", HELPER)


def test_a_function_of_a_helper_module_crosses(answered, helper):
    """It arrives in a new copy of its module, with what is bound to it."""
    answers = answered(USES_HELPER)
    assert answers.withdraw(HERE, helper.add) == [1, 1, 2, 2]
    assert answers.withdraw(HERE, functools.partial(helper.add, second=10)) == [1, 11, 2, 12]
    assert helper.calls == []


@pytest.mark.parametrize(
    "argument",
    [lambda helper: helper.outer(), lambda _: lambda: 1, lambda _: print, lambda _: {1}, lambda helper: helper.Adder()],
    ids=["inner", "lambda of a test", "built-in", "set", "instance"],
)
def test_an_argument_that_can_not_cross_is_a_defect_of_the_lab(answered, helper, argument):
    """What another process couldn't find is refused in this one too."""
    with pytest.raises(BrokenLab, match="argument of an answer"):
        answered(USES_HELPER).withdraw(HERE, argument(helper))


def test_a_call_without_a_database_is_a_defect_of_the_lab(answered):
    """What stands first is where the connection comes from."""
    with pytest.raises(BrokenLab, match="where a service should stand first"):
        answered(written("return 1")).withdraw(1, 70, 3)
