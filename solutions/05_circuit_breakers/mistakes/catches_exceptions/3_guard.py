# Belief: except Exception catches everything.
# Caught by: test_guard_gives_the_ticket_back_when_it_is_cancelled
# Hint: asyncio.CancelledError, KeyboardInterrupt and SystemExit are no Exceptions. A cancelled probe would be one for ever.


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    try:
        response = upstream.get(path, timeout=timeout)
    except Exception:
        breaker.record(ticket, True)
        raise
    breaker.record(ticket, response.status >= 500)
    return response
