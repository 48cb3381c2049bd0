# Belief: The pause begins anew when the probe is sent.
# Caught by: test_breaker_counts_the_pause_from_the_end_of_a_probe
# Hint: The probe that hangs for twenty seconds has used up most of the pause that should come after it. The breaker opens when the failure is recorded.

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
            self._opened_at = ticket if failed else None
            self._results.clear()
            return
        self._results.append((now, failed))
        while now - self._results[0][0] >= self._window:
            self._results.popleft()
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
