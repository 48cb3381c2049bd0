"""A clock that stands still until somebody moves it: time as a value that a test decides on.

It has the names of Python's own module, so that code which is given one works with either.
"""

from __future__ import annotations

# Where the wall clock begins: a day that every time zone knows, in seconds since 1970.
_SOME_DAY = 1_800_000_000.0
# Times are kept in whole nanoseconds: a tenth of a second ten times is a second.
_NANOSECONDS = 1_000_000_000


class VirtualClock:
    """Seconds that pass only by `sleep` and `advance`. `slept` holds what was slept, in order."""

    def __init__(self) -> None:
        self._now = 0
        self._wall_is_off = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """Return the seconds since it was made; it never goes back."""
        return self._now / _NANOSECONDS

    def time(self) -> float:
        """Return the time of day, in seconds since 1970, which somebody may set."""
        return _SOME_DAY + self._wall_is_off + self.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass, at once. Raises ValueError for less than nothing, as Python's own does."""
        if not seconds >= 0:
            raise ValueError("sleep length must be non-negative")
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass that nobody has asked for."""
        self._now += round(seconds * _NANOSECONDS)

    def set_wall(self, seconds: float) -> None:
        """Set the time of day forward, or back where `seconds` is negative: no time passes by that."""
        self._wall_is_off += seconds
