# Belief: A call to a service ends with a response, a timeout, or a lost connection.
# Caught by: test_guard_gives_the_ticket_back_after_any_error
# Hint: The next error is the one that isn't on your list, and it takes the probe's place with it. finally has no list.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    try:
        response = upstream.get(path, timeout=timeout)
    except (TimeoutError, ConnectionError):
        breaker.record(ticket, True)
        raise
    breaker.record(ticket, response.status >= 500)
    return response
