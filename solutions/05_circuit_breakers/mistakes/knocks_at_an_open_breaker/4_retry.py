# Belief: An open breaker is a failure like any other, and may be gone at the next attempt.
# Caught by: test_retry_stops_when_the_breaker_opens
# Hint: It is open for half a minute, and your attempts are over in half a second. It has said what it has to say.

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
        except Exception as error:
            if isinstance(error, (ValueError, TypeError)) or type(error).__name__ == "BadStatusLine":
                raise
            if not may_retry or not shop.budget.spend():
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
