# Belief: finally is where a function ends, so there it returns.
# Caught by: test_guard_calls_a_timeout_a_failure
# Hint: A return in finally throws away whatever was being raised, a cancellation, too. Return behind it, or inside of try.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    response, failed = None, True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
        return response  # noqa: B012 - the mistake itself
