"""What `--replay` names, said in one place for orders and for crashes."""

import pytest

from harness.errors import UsageError
from harness.explorers.crashes.faults import plan_of
from harness.explorers.interleavings.trace import order_of
from harness.plugin.tokens import wanted_by


@pytest.mark.parametrize(
    ("token", "read", "expected"),
    [
        ("", order_of, (0, "")),
        ("ABBA", order_of, (1, "ABBA")),
        ("2-ABBA", order_of, (2, "ABBA")),
        ("AbBA", order_of, (1, "AbBA")),
        ("3a", plan_of, (1, "3a")),
        ("12-3a+7e", plan_of, (12, "3a+7e")),
        ("0", plan_of, (1, "0")),
    ],
)
def test_a_token_names_a_run_of_one_exploration(token, read, expected):
    """A number and a dash say of which exploration, the first where there are none; an empty token names nothing."""
    assert wanted_by(token, read, what="order", example="ABBA") == expected


@pytest.mark.parametrize("token", ["abba", "0-ABBA", "-ABBA", "x-ABBA", "1-2-ABBA", "2-", "3a"])
def test_what_names_no_order_is_refused(token):
    """The refusal quotes the token, and says where to find a right one and what it looks like."""
    with pytest.raises(UsageError, match="names no order") as caught:
        wanted_by(token, order_of, what="order", example="ABBA")
    assert f'"{token}"' in caught.value.message
    assert "it looks like ABBA" in caught.value.advice
