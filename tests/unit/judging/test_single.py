"""One value against another."""

import pytest

from harness.judging import WrongValue, require_same


@pytest.mark.parametrize("value", [True, 0, None, "", [], [(1, "Ann")], {"a": 1}], ids=repr)
def test_equal_values_of_one_type_pass(value):
    """A value is the same as itself."""
    require_same("it", value, value)


@pytest.mark.parametrize(
    ("expected", "observed"),
    [(True, 1), (False, 0), (False, None), (0, None), ("1", 1), ([1], (1,)), ([], None), (30, 100)],
    ids=repr,
)
def test_what_only_looks_alike_is_refused(expected, observed):
    """1 is not True, and nothing is not False: what was asked for has a type."""
    with pytest.raises(WrongValue) as caught:
        require_same("the call returns", expected, observed, ask="What?")
    assert (caught.value.expected, caught.value.observed, caught.value.ask) == (expected, observed, "What?")
    assert caught.value.message == f"the call returns is {observed!r}, and should be {expected!r}"
