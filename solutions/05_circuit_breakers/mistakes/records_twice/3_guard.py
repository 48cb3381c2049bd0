# Belief: To be on the safe side, finally records again.
# Caught by: test_guard_calls_500_and_more_a_failure[503]
# Hint: Each ticket comes back once: the second time it may be somebody else's place.


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
            breaker.record(ticket, True)
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
