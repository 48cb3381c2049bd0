"""A clock that a test moves."""

import pytest

from harness.explorers.clock import VirtualClock


def test_time_passes_by_sleeping_and_by_no_other_way():
    """The clock stands still until somebody sleeps or moves it, and remembers what was slept."""
    clock = VirtualClock()
    assert clock.monotonic() == clock.monotonic() == 0
    clock.sleep(1.5)
    clock.advance(2)
    assert clock.monotonic() == 3.5
    assert clock.slept == [1.5]


def test_tenths_of_a_second_add_up_to_a_second():
    """Ten times a tenth of a second is a second, and not almost one."""
    clock = VirtualClock()
    for _ in range(10):
        clock.sleep(0.1)
    assert clock.monotonic() == 1


def test_the_time_of_day_is_set_without_time_passing():
    """Whoever sets the time of day changes no span."""
    clock = VirtualClock()
    before = clock.time()
    clock.set_wall(-3600)
    assert clock.monotonic() == 0
    assert clock.time() == before - 3600


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_nobody_sleeps_less_than_nothing(seconds):
    """A negative sleep is refused as Python's own refuses it."""
    with pytest.raises(ValueError, match="non-negative"):
        VirtualClock().sleep(seconds)
