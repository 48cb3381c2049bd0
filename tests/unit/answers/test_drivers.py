"""An answer that is an object lives on its own side of the boundary, in the hands of a driver."""

import pytest

from harness.answers import CallFailed, NoSuchFunction, NotWritten
from harness.answers.nowhere import Nowhere
from harness.catalogue import load_lab
from harness.errors import BrokenLab

HERE = Nowhere()
DRIVERS = """
def counts(handle, counter_class, steps):
    counter = counter_class(handle)
    return [getattr(counter, name)(*values) for name, *values in steps]


def twice(handle, function, value):
    return [function(value), function(value)]


def outer():
    def inner(handle, counter_class):
        return None

    return inner
"""
COUNTER = """
made = []


class Counter:
    def __init__(self, handle):
        made.append(handle)
        self.handle, self.count = handle, 0

    def add(self, much):
        self.count += much
        return self.count, len(made)
"""


@pytest.fixture
def drivers(helper_module):
    """The helper module of the lab's folder."""
    return helper_module("drivers_of_the_bank", DRIVERS)


def test_a_driver_uses_the_learners_class(answered, drivers):
    """The driver is called with the handle, the class and plain values; the object lives for that one call."""
    counter = answered(COUNTER).withdraw.through(drivers.counts, "Counter")
    assert counter(HERE, [["add", 1], ["add", 2]]) == [[1, 1], [3, 1]]
    assert counter(HERE, [["add", 5]]) == [[5, 1]]


def test_a_driver_uses_the_learners_function(answered, drivers):
    """Without a class's name the driver gets the function that is called like the task."""
    answers = answered("def withdraw(amount):\n    return amount + 1\n")
    assert answers.withdraw.through(drivers.twice)(HERE, 1) == [2, 2]


def test_a_driven_answer_leaves_the_plain_one_alone(answered, drivers):
    """An answer can be driven in several ways, and is still called plainly."""
    answers = answered(f"{COUNTER}\n\ndef withdraw(connection, account, amount):\n    return amount\n")
    plain = answers.withdraw
    assert plain.through(drivers.counts, "Counter")(HERE, [["add", 1]]) == [[1, 1]]
    assert plain(HERE, 1, 70) == 70


def test_a_missing_class_is_told_by_its_name(answered, drivers):
    """A file without the class is told so, with how it begins in the reference where there is one."""
    with pytest.raises(NoSuchFunction, match="the file defines no class called Counter"):
        answered("class Count:\n    def add(self):\n        return 1\n").withdraw.through(drivers.counts, "Counter")(
            HERE, []
        )


def test_a_class_without_a_body_is_not_written_yet(answered, drivers):
    """A class whose methods do nothing is no answer."""
    text = "class Counter:\n    def __init__(self, handle):\n        raise NotImplementedError\n"
    with pytest.raises(NotWritten):
        answered(text).withdraw.through(drivers.counts, "Counter")(HERE, [])


def test_what_an_object_raises_is_the_learners_slip(answered, drivers):
    """An exception that a method raises in the driver's hands is a verdict, by name and message."""
    text = COUNTER.replace("self.count += much", "raise LookupError(much)")
    with pytest.raises(CallFailed) as caught:
        answered(text).withdraw.through(drivers.counts, "Counter")(HERE, [["add", 7]])
    assert (caught.value.outcome.error, caught.value.outcome.message) == ("LookupError", "7")


def test_another_answer_is_driven_in_the_same_way(answered, bank, drivers):
    """What recognises a mistake puts its text in the place of the learner's, in the same driver's hands."""
    answers = answered(COUNTER)
    (bank.exercise / "other.py").write_text(COUNTER.replace("self.count += much", "self.count -= much"))
    mine = answers.withdraw.through(drivers.counts, "Counter")
    source = answers.source("withdraw")
    other = mine.by(type(source)(source.task, bank.exercise / "other.py", (bank.exercise / "other.py").read_text()))
    assert mine(HERE, [["add", 1]]) == [[1, 1]]
    assert other(HERE, [["add", 1]]) == [[-1, 1]]


@pytest.mark.parametrize(
    "driver",
    [lambda _: print, lambda drivers: drivers.outer(), lambda _: load_lab],
    ids=["a builtin", "an inner function", "of another folder"],
)
def test_a_driver_that_can_not_cross_is_a_defect_of_the_lab(answered, drivers, driver):
    """A driver stands at the top level of a helper module in the lab's folder: another process finds no other."""
    with pytest.raises(BrokenLab):
        answered(COUNTER).withdraw.through(driver(drivers), "Counter")
