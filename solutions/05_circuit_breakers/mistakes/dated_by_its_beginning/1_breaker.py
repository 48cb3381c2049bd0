# Belief: A result is as old as its call.
# Caught by: test_breaker_dates_a_result_by_its_end
# Hint: A call that hangs for ten seconds would be too old to count when it fails at last. What it says, it says of the moment at which it ends.

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()  # (when, failed), the oldest first
        self._opened_at = None  # None: closed

    def admit(self):
        if self._opened_at is None or self._clock.monotonic() - self._opened_at >= self._pause:
            return self._clock.monotonic()
        return None

    def record(self, ticket, failed):
        now = self._clock.monotonic()
        if self._opened_at is not None:  # half-open: this was the probe
            self._opened_at = now if failed else None
            self._results.clear()
            return
        self._results.append((ticket, failed))
        while self._results and now - self._results[0][0] >= self._window:
            self._results.popleft()
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
