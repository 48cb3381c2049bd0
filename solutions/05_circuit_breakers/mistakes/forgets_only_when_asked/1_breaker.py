# Belief: Old results can be dropped when the next call is admitted.
# Caught by: test_breaker_dates_a_result_by_its_end
# Hint: The call takes time, and what was young enough when it began may be too old when it ends. Drop what is old where you count.

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()  # (when, failed), the oldest first
        self._opened_at = None  # None: closed

    def admit(self):
        while self._results and self._clock.monotonic() - self._results[0][0] >= self._window:
            self._results.popleft()
        if self._opened_at is None or self._clock.monotonic() - self._opened_at >= self._pause:
            return "a call"
        return None

    def record(self, ticket, failed):
        now = self._clock.monotonic()
        if self._opened_at is not None:  # half-open: this was the probe
            self._opened_at = now if failed else None
            self._results.clear()
            return
        self._results.append((now, failed))
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
