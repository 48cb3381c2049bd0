# Belief: When the pause is over, the breaker is closed again.
# Caught by: test_breaker_keeps_its_word_in_any_story
# Hint: After the pause it knows nothing new. One call finds out, the probe; if that fails, the pause begins again at once.

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()  # (when, failed), the oldest first
        self._opened_at = None  # None: closed

    def admit(self):
        if self._opened_at is not None and self._clock.monotonic() - self._opened_at >= self._pause:
            self._opened_at = None
            self._results.clear()
        return "a call" if self._opened_at is None else None

    def record(self, ticket, failed):
        now = self._clock.monotonic()
        self._results.append((now, failed))
        while now - self._results[0][0] >= self._window:
            self._results.popleft()
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
