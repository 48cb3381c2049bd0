"""Rules held against histories that were written by hand."""

from __future__ import annotations

import pytest

from harness.explorers.crashes.history import History, Operation
from harness.explorers.interleavings.trace import Difference
from harness.judging.histories import (
    effects_once,
    exactly,
    in_order_per_key,
    nothing_acknowledged_undone,
    nothing_is_lost,
)


def seen(*values, operations=()):
    """Return a history at whose end these were seen."""
    return History(tuple(operations), {"seen": list(values)})


def test_what_was_seen_once_or_more_is_not_lost():
    """At least once is all that is asked for; what nobody asked for is no loss either."""
    rule = nothing_is_lost("seen", ["a", "b"])
    assert rule(seen("b", "a", "a", "z")) is None


def test_what_was_never_seen_is_lost():
    """It is named, beside what was seen."""
    rule = nothing_is_lost("seen", ["a", "b", "c"])
    assert rule(seen("b")) == Difference("seen: a, b, c", "seen: b; a, c never", ("a", "c"))
    assert rule(seen()) == Difference("seen: a, b, c", "seen: nothing; a, b, c never", ("a", "b", "c"))


def test_what_was_seen_twice_is_too_much():
    """It is named with how often it was seen."""
    rule = effects_once("seen")
    assert rule(seen("a", "b")) is None
    found = rule(seen("a", "b", "a", "c", "c", "c"))
    assert found == Difference("seen: a, b, c", "seen: a, b, a, c, c, c; a twice, c 3 times", ("a", "c"))


KEY = in_order_per_key("seen", key=lambda value: value[0], by=lambda value: int(value[1:]))


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("x1", "y1", "x2", "y2"),
        ("y5", "x1", "y6"),
        ("x1", "x2", "x1", "x2"),  # again, and in the same order where it is first seen
    ],
)
def test_the_order_of_each_key_is_kept(values):
    """Keys may be mixed, numbers may be missing, and a value may come again."""
    assert KEY(seen(*values)) is None


def test_an_order_that_is_not_kept_is_told_by_its_key():
    """The first key whose order is broken is shown, as it should be and as it is."""
    assert KEY(seen("x1", "y2", "y1")) == Difference("seen, y: y1, y2", "seen, y: y2, y1")


def test_exactly_means_these_in_this_order():
    """Neither more nor less nor otherwise."""
    rule = exactly("seen", [1, 2], fact="As it should be.")
    assert rule(seen(1, 2)) is None
    assert rule(seen(2, 1)) == Difference("seen: 1, 2", "seen: 2, 1")


def ack(message, outcome="ok", verb="ack"):
    """Return an acknowledgement."""
    return Operation("worker", 1, 1, "rabbitmq", "settle", f"{verb} {message}", message, outcome)


def test_an_acknowledgement_without_its_effect_is_a_loss():
    """What a program says it has done must be there."""
    rule = nothing_acknowledged_undone("seen")
    assert rule(seen("a", operations=[ack("a"), ack("b", verb="nack")])) is None
    assert rule(seen("a", operations=[ack("b", outcome="unknown")])) is None
    assert rule(seen("a", operations=[ack("a"), ack("b")])) == Difference("seen: a, b", "seen: a; b never", ("b",))


def test_long_lists_are_cut():
    """A text stays a text, however much was seen."""
    found = nothing_is_lost("seen", range(100))(seen(*range(99)))
    assert found.observed == "seen: 0, 1, 2, 3, 4, 5 and 93 more; 99 never"


def test_a_rule_states_its_fact():
    """Its first line of documentation is what a learner reads."""
    assert effects_once("seen").__doc__ == "Nothing happens twice."
    assert nothing_is_lost("seen", [], fact="No parcel is lost.").__doc__ == "No parcel is lost."
