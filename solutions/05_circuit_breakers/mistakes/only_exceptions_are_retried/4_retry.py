# Belief: What fails raises; what returns is an answer.
# Caught by: test_retry_tries_again_what_may_be_done_twice[GET-503]
# Hint: A 503 is a response. Who looks at its status?

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
            return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
