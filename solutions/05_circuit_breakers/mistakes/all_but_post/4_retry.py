# Belief: POST is the one that may not be repeated.
# Caught by: test_retry_sends_a_patch_once[503]
# Hint: A PATCH can say "one more", and the next new method can say anything. List what may be done twice, not what may not.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0


def retry(shop, method, path):
    for attempt in range(ATTEMPTS):
        may_retry = method != "POST" and attempt + 1 < ATTEMPTS
        try:
            response = shop.breaker.call(lambda: shop.upstream.request(method, path, timeout=TIMEOUT))
        except (TimeoutError, ConnectionError):
            if not may_retry or not shop.budget.spend():
                raise
        else:
            if response.status < 500 or not may_retry or not shop.budget.spend():
                return response
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
