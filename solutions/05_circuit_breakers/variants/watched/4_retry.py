ATTEMPTS = 4
BASE = 0.1
CAP = 0.3
TIMEOUT = 2.0
REPEATABLE = "GET", "HEAD", "PUT", "DELETE"


def retry(shop, method, path):
    waits = [min(CAP, BASE * 2**number) for number in range(ATTEMPTS - 1)] if method in REPEATABLE else []
    while True:
        failure = response = None
        try:
            response = attempt(shop, method, path)
        except (TimeoutError, ConnectionError) as error:
            failure = error
        failed = failure is not None or response.status >= 500
        if failed and waits and shop.budget.spend():
            shop.clock.sleep(shop.random.random() * waits.pop(0))
            continue
        if failure is not None:
            raise failure
        return response


def attempt(shop, method, path):
    def send():
        return shop.upstream.request(method, path, timeout=TIMEOUT)

    return shop.breaker.call(send)
