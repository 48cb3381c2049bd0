# Belief: A window of ten seconds: every ten seconds the count begins anew.
# Caught by: test_breaker_slides_its_window
# Hint: Trouble that begins shortly before the turn is counted half here, half there, and seen in neither. Keep the time of each result.

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()  # (when, failed), the oldest first
        self._began = clock.monotonic()
        self._opened_at = None  # None: closed

    def admit(self):
        if self._opened_at is None or self._clock.monotonic() - self._opened_at >= self._pause:
            return "a call"
        return None

    def record(self, ticket, failed):
        now = self._clock.monotonic()
        if self._opened_at is not None:  # half-open: this was the probe
            self._opened_at = now if failed else None
            self._results.clear()
            return
        if now - self._began >= self._window:
            self._results.clear()
            self._began = now
        self._results.append((now, failed))
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._opened_at = now
