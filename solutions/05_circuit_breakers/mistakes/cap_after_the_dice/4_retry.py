# Belief: It doesn't matter whether the cap comes before the jitter or after.
# Caught by: test_retry_waits_longer_and_by_chance
# Hint: What the dice throw beyond the cap becomes the cap itself: a quarter of all comes back at the very same moment. Cap the span, then throw.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}


def retry(shop, method, path):
    for attempt in range(ATTEMPTS):
        may_retry = method in IDEMPOTENT and attempt + 1 < ATTEMPTS
        try:
            response = shop.breaker.call(lambda: shop.upstream.request(method, path, timeout=TIMEOUT))
        except (TimeoutError, ConnectionError):
            if not may_retry or not shop.budget.spend():
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(min(CAP, shop.random.uniform(0, BASE * 2**attempt)))
