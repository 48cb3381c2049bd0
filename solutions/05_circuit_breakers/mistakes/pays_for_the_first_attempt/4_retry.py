# Belief: Each attempt costs one of the budget.
# Caught by: test_retry_returns_the_first_good_response
# Hint: The budget is for retries. If first attempts need it, an empty budget stops the whole shop.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}


def retry(shop, method, path):
    for attempt in range(ATTEMPTS):
        if not shop.budget.spend():
            break
        may_retry = method in IDEMPOTENT and attempt + 1 < ATTEMPTS
        try:
            response = shop.breaker.call(lambda: shop.upstream.request(method, path, timeout=TIMEOUT))
        except (TimeoutError, ConnectionError):
            if not may_retry:
                raise
        else:
            if response.status < 500 or not may_retry:
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
