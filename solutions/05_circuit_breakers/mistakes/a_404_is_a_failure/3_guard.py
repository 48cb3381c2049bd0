# Belief: Everything but a good response is a failure.
# Caught by: test_guard_calls_a_refusal_no_failure[404]
# Hint: One customer asks for a good that isn't in the list a few times, and nobody gets a rate any more. Is the tax office unwell?


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    ticket = breaker.admit()
    if ticket is None:
        raise CircuitOpen(path)
    failed = True
    try:
        response = upstream.get(path, timeout=timeout)
        failed = response.status >= 400
    finally:
        # On every way out: a probe whose ticket is lost would keep the breaker half-open for ever.
        breaker.record(ticket, failed)
    return response
