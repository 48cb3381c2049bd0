# Belief: Only a GET is safe to repeat.
# Caught by: test_retry_tries_again_what_may_be_done_twice[PUT-503]
# Hint: Safe is one thing, idempotent another: a PUT or a DELETE done twice leaves what one leaves.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD"}


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
