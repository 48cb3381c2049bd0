# Belief: 429 means that the service can't keep up.
# Caught by: test_guard_calls_a_refusal_no_failure[429]
# Hint: 429 is meant for you: slow down. The service is well enough to count your requests, and others still get theirs.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500 or response.status == 429
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
