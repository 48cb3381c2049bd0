# Belief: The client will give up by itself some time.
# Caught by: test_guard_calls_a_timeout_a_failure
# Hint: Most clients of most languages wait for ever unless they are told not to.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
