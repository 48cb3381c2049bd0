# Belief: If there was an error, it is raised at the end.
# Caught by: test_retry_ends_as_its_last_attempt[response]
# Hint: It may be of the first attempt, and the last has brought a response. Forget the one when the other comes.

ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0

IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}


def retry(shop, method, path):
    response = failure = None
    for attempt in range(ATTEMPTS):
        try:
            response = shop.breaker.call(lambda: shop.upstream.request(method, path, timeout=TIMEOUT))
        except (TimeoutError, ConnectionError) as error:
            failure = error
        else:
            if response.status < 500:
                return response
        if method not in IDEMPOTENT or attempt + 1 == ATTEMPTS or not shop.budget.spend():
            break
        shop.clock.sleep(shop.random.uniform(0, min(CAP, BASE * 2**attempt)))
    if failure is not None:
        raise failure
    return response
