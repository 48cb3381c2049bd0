# Belief: A 500 is a bug over there: the same request will only fail again.
# Caught by: test_retry_tries_again_what_may_be_done_twice[GET-500]
# Hint: It may as well be the one machine of ten that is ill, or a row that was locked. A list of codes leaves out whatever isn't on it.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

TEMPORARY = {502, 503, 504}
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
            if response.status not in TEMPORARY or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
