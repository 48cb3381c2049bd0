# Belief: A 503 is an error, so it should be an exception.
# Caught by: test_guard_calls_500_and_more_a_failure[503]
# Hint: The task returns every response: the caller may want to read what the 503 says, Retry-After for one.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500
        if failed:
            raise ConnectionError(response.status)
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
