# Belief: Two seconds are a good timeout.
# Caught by: test_guard_waits_as_long_as_it_is_told
# Hint: Only the caller knows how long its customer still waits. What is the argument for?


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=2.0)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
