# Belief: After each failure there is a wait.
# Caught by: test_retry_gives_up_after_the_last_attempt[hangs]
# Hint: Nothing comes after the last attempt: whom does the customer wait for?

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
                shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
