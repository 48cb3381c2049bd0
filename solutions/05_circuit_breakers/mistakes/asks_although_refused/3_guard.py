# Belief: A breaker counts; whether to call is for the caller to say.
# Caught by: test_guard_asks_nobody_when_the_breaker_is_open
# Hint: None is no ticket. What is the breaker for, if the tax office is asked all the same?


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        if ticket is not None:
            breaker.record(ticket, failed)
    if ticket is None:
        raise CircuitOpen(path)
    return response
