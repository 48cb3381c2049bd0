# Belief: Four attempts are few: the attempts are the budget.
# Caught by: test_retry_keeps_to_the_budget[0]
# Hint: When the tax office is down each customer asks four times: four times the load, just then. The budget is the whole shop's.

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
            if not may_retry:
                raise
        else:
            if response.status < 500 or not may_retry:
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
