# Belief: Four attempts are four retries.
# Caught by: test_retry_gives_up_after_the_last_attempt[503]
# Hint: ATTEMPTS counts the first, too.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}


def retry(shop, method, path):
    for attempt in range(ATTEMPTS + 1):
        may_retry = method in IDEMPOTENT and attempt < ATTEMPTS
        try:
            response = shop.breaker.call(lambda: shop.upstream.request(method, path, timeout=TIMEOUT))
        except (TimeoutError, ConnectionError):
            if not may_retry or not shop.budget.spend():
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
