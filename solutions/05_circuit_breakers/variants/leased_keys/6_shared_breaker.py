ERA, OPEN, PROBE, FAILURES = "tax:era", "tax:open", "tax:probe", "tax:failures"

# An even era is a closed breaker, an odd one an open or half-open breaker. The pause and the lease are keys that expire.
RECORD = """
local era, open, probe, failures = unpack(KEYS)
local ticket, failed, limit, pause = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('GET', probe) == ticket then
    redis.call('DEL', probe)
    if failed then
        redis.call('SET', open, '1', 'EX', pause)
    else
        redis.call('INCR', era)
    end
elseif (redis.call('GET', era) or '0') == ticket then
    if not failed then
        redis.call('DEL', failures)
    elseif redis.call('INCR', failures) >= limit then
        redis.call('DEL', failures)
        redis.call('INCR', era)
        redis.call('SET', open, '1', 'EX', pause)
    end
end
"""


class SharedBreaker:
    def __init__(self, redis, clock, limit, pause, lease):
        self.redis, self.limit, self.pause, self.lease = redis, limit, pause, lease
        self.record_script = redis.register_script(RECORD)

    def admit(self):
        era = self.redis.get(ERA) or "0"
        if int(era) % 2 == 0:
            return era
        ticket = f"probe {self.redis.incr('tax:probes')}"
        if self.redis.exists(OPEN):
            return None
        # Who has failed as the probe may have opened it since: then the place is given back.
        if not self.redis.set(PROBE, ticket, nx=True, ex=self.lease):
            return None
        if self.redis.exists(OPEN) or self.redis.get(ERA) != era:
            self.redis.delete(PROBE)
            return None
        return ticket

    def record(self, ticket, failed):
        keys = [ERA, OPEN, PROBE, FAILURES]
        self.record_script(keys=keys, args=[ticket, int(failed), self.limit, self.pause])
