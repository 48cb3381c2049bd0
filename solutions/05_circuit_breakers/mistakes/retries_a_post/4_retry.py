# Belief: What has failed can be done again.
# Caught by: test_retry_sends_a_post_once[503]
# Hint: The answer got lost, not the order. Without an idempotency key the second POST is a second order.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE", "POST"}


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
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
