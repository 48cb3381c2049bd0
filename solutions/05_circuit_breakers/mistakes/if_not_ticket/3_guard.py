# Belief: A ticket is true, and None is not.
# Caught by: test_guard_takes_any_ticket
# Hint: A breaker that numbers its eras from 0 gives 0 as its first ticket: everybody is refused, and nothing has happened yet. Ask whether it `is None`.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if not ticket:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 500
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
