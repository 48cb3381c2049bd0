# Belief: A probe that takes longer than the pause is lost: send the next.
# Caught by: test_probe_is_alone_however_long_it_takes
# Hint: The service is slow, and each pause adds one more caller that waits for it. The ticket will come back: guard() sees to that.

from collections import deque


class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self._clock = clock
        self._window, self._minimum, self._rate, self._pause = window, minimum, rate, pause
        self._results = deque()
        self._era = 0
        self._state = "closed"
        self._opened_at = 0.0
        self._probing = False

    def admit(self):
        if self._state != "closed" and self._clock.monotonic() - self._opened_at >= self._pause:
            self._become("half-open")
        if self._state == "open" or self._probing:
            return None
        self._probing = self._state == "half-open"
        return self._era

    def record(self, ticket, failed):
        if ticket != self._era:
            return  # it speaks of a time that has passed
        if self._state == "half-open":
            self._become("open" if failed else "closed")
            return
        now = self._clock.monotonic()
        self._results.append((now, failed))
        while now - self._results[0][0] >= self._window:
            self._results.popleft()
        failures = sum(failed for _, failed in self._results)
        if len(self._results) >= self._minimum and failures >= self._rate * len(self._results):
            self._become("open")

    def _become(self, state):
        self._state = state
        self._era += 1
        self._probing = False
        self._results.clear()
        self._opened_at = self._clock.monotonic()
