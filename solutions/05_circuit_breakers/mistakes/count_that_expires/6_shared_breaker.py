# Belief: Every key should have an expiry: a day is plenty.
# Caught by: test_shared_breaker_forgets_nothing_by_itself
# Hint: The shop is closed for a week, and the breaker has forgotten its failures, or that it was open. A key that is state isn't a key that is cache.

KEY = "breaker:tax-office"

# Redis runs a script as one command: nobody comes between its reading and its writing.
ADMIT = """
local state = redis.call('HGET', KEYS[1], 'state') or 'closed'
local now, pause, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if state ~= 'closed' then
    local since = tonumber(redis.call('HGET', KEYS[1], 'since'))
    if now - since < (state == 'open' and pause or lease) then
        return false
    end
    redis.call('HSET', KEYS[1], 'state', 'probing', 'since', ARGV[1])
    redis.call('HINCRBY', KEYS[1], 'era', 1)
end
return redis.call('HGET', KEYS[1], 'era') or '0'
"""

RECORD = """
local era = redis.call('HGET', KEYS[1], 'era') or '0'
if ARGV[1] ~= era then
    return
end
local probing = redis.call('HGET', KEYS[1], 'state') == 'probing'
if ARGV[2] == '1' then
    local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
    redis.call('EXPIRE', KEYS[1], 86400)
    if probing or failures >= tonumber(ARGV[4]) then
        redis.call('HSET', KEYS[1], 'state', 'open', 'since', ARGV[3])
        redis.call('HINCRBY', KEYS[1], 'era', 1)
    end
else
    redis.call('HSET', KEYS[1], 'failures', 0)
    if probing then
        redis.call('HSET', KEYS[1], 'state', 'closed')
        redis.call('HINCRBY', KEYS[1], 'era', 1)
    end
end
"""


class SharedBreaker:
    def __init__(self, redis, clock, limit, pause, lease):
        self._redis, self._clock = redis, clock
        self._limit, self._pause, self._lease = limit, pause, lease

    def admit(self):
        return self._redis.eval(ADMIT, 1, KEY, self._clock.time(), self._pause, self._lease)

    def record(self, ticket, failed):
        self._redis.eval(RECORD, 1, KEY, ticket, int(failed), self._clock.time(), self._limit)
