# Belief: First see whether the breaker is open, then take the ticket.
# Caught by: test_guard_returns_a_response[200]
# Hint: admit() is no question without consequences: the first ticket is out, and never comes back. Half-open, it was the only one.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    if breaker.admit() is None:
        raise CircuitOpen(path)
    ticket = breaker.admit()
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
