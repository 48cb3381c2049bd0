"""A call that goes round for ever is told with the round in which it does."""

from __future__ import annotations

import pytest

from harness.answers.alone import latest_round
from harness.explorers.interleavings.trace import Event


def done(*texts):
    """Return events of operations with these texts."""
    return [Event("act", "does", text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["BEGIN", *["publish"] * 5], ["publish"]),
        ([*["deliver", "insert", "nack"] * 9, "deliver"], ["insert", "nack", "deliver"]),
        ([f"SELECT {number}" for number in range(50)], [f"SELECT {number}" for number in range(46, 50)]),
        (["SELECT 1"], ["SELECT 1"]),
    ],
    ids=["one operation", "three operations", "no round", "one alone"],
)
def test_the_shortest_round_is_found_or_the_last_few(texts, expected):
    """What was the same three times at the end is the round; where nothing was, the last few operations are told."""
    assert latest_round(done(*texts)) == tuple(expected)


def test_an_operation_is_told_with_what_came_of_it():
    """Its result, or the error with the server's words."""
    events = [Event("act", "does", "publish", "0 messages NACKed", "NackError"), Event("act", "does", "get", "1 row")]
    assert latest_round(events) == ("publish  ✗ NackError 0 messages NACKed", "get  → 1 row")
