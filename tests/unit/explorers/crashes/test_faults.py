"""What befalls a program, by its token."""

from __future__ import annotations

import pytest

from harness.explorers.crashes.faults import ALL_FAULTS, Fault, faults_at, plan_of, token_of


@pytest.mark.parametrize("token", ["0", "1b", "3a", "12e", "3a+7a", "2l+3f+4e"])
def test_a_plan_is_read_as_it_was_written(token):
    """A token names one plan, and is the plan's name."""
    assert token_of(plan_of(token)) == token


@pytest.mark.parametrize("token", ["", "a", "3", "3x", "3a+", "7a+3a", "3a+3e", "0a", "3a 7a", "ABBA"])
def test_what_names_no_plan_is_refused(token):
    """Faults come in order, one an operation, and operations are counted from 1."""
    with pytest.raises(ValueError, match=r"looks like 3a|in order"):
        plan_of(token)


@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        ("statement", "af"),
        ("commit", "aef"),
        ("command", "aef"),
        ("publish", "aef"),
        ("send", "al"),
        ("deliver", "a"),
        ("settle", "a"),
        ("declare", "a"),
    ],
)
def test_an_operation_meets_what_can_happen_to_it(kind, letters):
    """Only what takes effect at once can fail and yet be done; only what nobody confirms is lost without a word."""
    assert [fault.kind for fault in faults_at(2, kind, ALL_FAULTS)] == list(letters)


def test_a_crash_before_is_tried_where_nothing_came_before():
    """Before any later operation it is the crash after the one before."""
    assert [str(fault) for fault in faults_at(1, "deliver", ALL_FAULTS)] == ["1b", "1a"]
    assert [str(fault) for fault in faults_at(2, "deliver", ALL_FAULTS)] == ["2a"]


def test_only_wanted_faults_are_tried():
    """A test may leave kinds of faults out."""
    assert list(faults_at(1, "commit", "a")) == [Fault(1, "a")]
