# Belief: The breaker is an object; the workers run the same code.
# Caught by: test_shared_breaker_opens_for_all
# Hint: Each worker has an object of its own. Cleo's has never heard of Ann's failures.

import json

KEY = "breaker:tax-office"


class SharedBreaker:
    def __init__(self, redis, clock, limit, pause, lease):
        self._redis, self._clock = redis, clock
        self._limit, self._pause, self._lease = limit, pause, lease
        self._known = None

    def _load(self):
        return self._known or {"state": "closed", "era": 0, "failures": 0, "since": 0}

    def _save(self, known, **changes):
        self._known = known | changes

    def admit(self):
        known, now = self._load(), self._clock.time()
        if known["state"] == "closed":
            return known["era"]
        if now - known["since"] < (self._pause if known["state"] == "open" else self._lease):
            return None
        self._save(known, state="probing", since=now, era=known["era"] + 1)
        return known["era"] + 1

    def record(self, ticket, failed):
        known = self._load()
        if ticket != known["era"]:
            return
        failures = known["failures"] + 1 if failed else 0
        probing = known["state"] == "probing"
        if failed and (probing or failures >= self._limit):
            self._save(known, state="open", since=self._clock.time(), era=known["era"] + 1, failures=0)
        elif probing and not failed:
            self._save(known, state="closed", era=known["era"] + 1, failures=0)
        else:
            self._save(known, failures=failures)
