from contextlib import contextmanager


class CircuitOpen(Exception):
    """The breaker has refused the call."""


@contextmanager
def ticket_of(breaker):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen
    results = []
    try:
        yield results
    except BaseException:
        breaker.record(ticket, True)
        raise
    breaker.record(ticket, any(results))


def guard(upstream, breaker, path, timeout):
    with ticket_of(breaker) as failures:
        response = upstream.get(path, timeout=timeout)
        failures.append(not response.status < 500)
        return response
