# Belief: The pause is the time during which nobody asks.
# Caught by: test_breaker_keeps_its_word_in_any_story
# Hint: If each refused caller begins the pause anew, a busy shop never comes back. Which moment does the pause count from?

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()  # (when, failed), the oldest first
        self._opened_at = None  # None: closed

    def admit(self):
        if self._opened_at is None or self._clock.monotonic() - self._opened_at >= self._pause:
            return "a call"
        self._opened_at = self._clock.monotonic()
        return None

    def record(self, ticket, failed):
        now = self._clock.monotonic()
        if self._opened_at is not None:  # half-open: this was the probe
            self._opened_at = now if failed else None
            self._results.clear()
            return
        self._results.append((now, failed))
        while now - self._results[0][0] >= self._window:
            self._results.popleft()
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
