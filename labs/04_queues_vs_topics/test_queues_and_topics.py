"""Lab 04: what a queue is, and what a topic is, by building both."""

import pytest
from hub_needs import EXPECTED, NEEDS

from harness import expect

# 10. choose -----------------------------------------------------------------------------------------------------------


def test_choose_is_filled_in(answers):
    """Every need says "queue" or "topic"."""
    form = answers.choose()
    others = [f"{need}: {form.get(need, 'missing')!r}" for need in NEEDS if form.get(need) not in ("queue", "topic")]
    expect("needs that say neither", [], others, ask="What is your guess? The tests build it, and show what happens.")


def is_built(need, what, answers, post, log, ask):
    """Build what the form says, on the real broker, and hold it against the need."""
    choice = answers.choose().get(need)
    if choice not in ("queue", "topic"):
        expect(need, "queue or topic", str(choice), ask="What is your guess?")
    observed = NEEDS[need](choice, post, log)
    expect(f"with a {choice}, {what}", EXPECTED[need], observed, ask=ask)


def test_choose_many_printers(answers, post, log):
    """Five printers that share the labels all have work."""
    ask = "What is the most that members of a group can share, and what is left for the fourth?"
    is_built("many_printers", "while ten labels wait", answers, post, log, ask)


def test_choose_newcomer(answers, post, log):
    """A department that comes later reads what the others have read already."""
    ask = "What becomes of a message in a queue when somebody has acknowledged it?"
    is_built("newcomer", "the newcomer reads", answers, post, log, ask)


def test_choose_one_jams(answers, post, log):
    """A label that jams comes again after a restart, and those that are printed don't."""
    ask = "How does each of the two remember what is done: message by message, or as one place?"
    is_built("one_jams", "after a restart these come again", answers, post, log, ask)


def test_choose_in_order(answers, post, log):
    """Two workers who share the events keep those of one parcel in order, also if one is slow."""
    ask = "The first event is with a slow worker. Who gets the second?"
    is_built("in_order", "the events of one parcel take effect as", answers, post, log, ask)


def test_choose_express(answers, post, log):
    """An express letter overtakes those that came before it."""
    ask = "Can a log be read in another order than the one in which it was written?"
    is_built("express", "letters are printed as", answers, post, log, ask)


def test_choose_since_noon(answers, post, log):
    """What came since noon can be read once more."""
    ask = "Everything was read and acknowledged once. What is there to be read again?"
    is_built("since_noon", "the mended program reads", answers, post, log, ask)
