# Belief: What fails raises.
# Caught by: test_guard_calls_500_and_more_a_failure[503]
# Hint: An HTTP client returns a 503 like any other response. Who looks at the status?


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = False
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
