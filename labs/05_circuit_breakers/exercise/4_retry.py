# Task 4: retry

ATTEMPTS = 4  # in all
BASE = 0.1  # seconds: the longest first wait; each wait may be twice as long as the one before ..
CAP = 0.3  # .. and never longer than this
TIMEOUT = 2.0  # seconds for one attempt


def retry(shop, method, path):
    """Send a request, again where that can help, and return the response.

        shop.upstream   shop.upstream.request(method, path, timeout=TIMEOUT) returns a response with .status, or
                        raises TimeoutError or ConnectionError
        shop.breaker    shop.breaker.call(function) runs function() and returns its value, and counts one result: a
                        failure if it raises, or if it returns a response with a status of 500 or more. If the breaker
                        is open it raises CircuitOpen, and function isn't called
        shop.clock      shop.clock.sleep(seconds)
        shop.random     a random.Random: uniform(low, high) and all the rest
        shop.budget     shop.budget.spend() returns True and takes one retry out of what the whole shop may spend, or
                        returns False

    Every attempt is one call through the breaker: it shall see each result.

    Try again after a status of 500 or more, a TimeoutError or a ConnectionError, if the method is GET, HEAD, PUT or
    DELETE. Any other, such as POST or PATCH, may do twice what it should do once: its first result is final. Never
    try again after anything else: a status below 500, an open breaker, an error of another kind.

    Before each retry, and only then, ask the budget; if it has none left, don't retry.
    Wait before each retry, full jitter: wait number n, counted from 0, is anything from 0 to min(CAP, BASE * 2 ** n).

    After the last attempt its response is returned, or its error goes up.
    """
    raise NotImplementedError
