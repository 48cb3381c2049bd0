# Belief: The breaker guards the whole call, so it goes around the retries.
# Caught by: test_retry_shows_each_result_to_the_breaker
# Hint: Four failed attempts are one result then, and good if the last was: the breaker hears of the trouble four times too late.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}


def retry(shop, method, path):
    return shop.breaker.call(lambda: _attempts(shop, method, path))


def _attempts(shop, method, path):
    for attempt in range(ATTEMPTS):
        may_retry = method in IDEMPOTENT and attempt + 1 < ATTEMPTS
        try:
            response = shop.upstream.request(method, path, timeout=TIMEOUT)
        except (TimeoutError, ConnectionError):
            if not may_retry or not shop.budget.spend():
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
