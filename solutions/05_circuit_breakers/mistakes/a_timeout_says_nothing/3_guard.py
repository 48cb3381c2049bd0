# Belief: Only an answer can say how the service is.
# Caught by: test_guard_calls_a_timeout_a_failure
# Hint: A service that hangs holds all your workers. It is the very trouble that breakers are for.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    try:
        response = upstream.get(path, timeout=timeout)
    except TimeoutError:
        breaker.record(ticket, False)
        raise
    except BaseException:
        breaker.record(ticket, True)
        raise
    breaker.record(ticket, response.status >= 500)
    return response
