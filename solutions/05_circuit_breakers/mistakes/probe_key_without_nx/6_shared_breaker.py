# Belief: SET with an expiry is a lock.
# Caught by: test_shared_breaker_admits_one_probe_in_every_order
# Hint: SET overwrites. Only NX says whether the place was free, in the same command.

OPEN, PROBE, FAILURES, ERA = "tax:open", "tax:probe", "tax:failures", "tax:era"


class SharedBreaker:
    def __init__(self, redis, clock, limit, pause, lease):
        self._redis, self._limit, self._pause, self._lease = redis, limit, pause, lease

    def admit(self):
        era = self._redis.get(ERA) or "0"
        if int(era) % 2 == 0:  # even: closed, odd: open, or being probed
            return era
        if self._redis.exists(OPEN) or self._redis.exists(PROBE):
            return None
        ticket = f"{era}/{self._redis.incr('tax:probes')}"
        self._redis.set(PROBE, ticket, ex=self._lease)
        return ticket

    def record(self, ticket, failed):
        era, _, probe = ticket.partition("/")
        if probe:
            if self._redis.get(PROBE) != ticket:
                return
            if failed:
                self._redis.set(OPEN, "1", ex=self._pause)
            else:
                self._redis.incr(ERA)
            self._redis.delete(PROBE)
        elif era == (self._redis.get(ERA) or "0"):
            if not failed:
                self._redis.delete(FAILURES)
            elif self._redis.incr(FAILURES) >= self._limit:
                self._redis.set(OPEN, "1", ex=self._pause)
                self._redis.delete(FAILURES)
                self._redis.incr(ERA)
