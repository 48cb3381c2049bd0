# Task 3: guard


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def guard(upstream, breaker, path, timeout):
    """Ask the tax office for a path, through a breaker, and return the response.

        upstream   upstream.get(path, timeout=seconds) returns a response with .status and .text, whatever its status.
                   It raises TimeoutError if no answer comes in time (without a timeout it waits for ever),
                   ConnectionError if the connection is lost, and some other errors
        breaker    as in task 2: breaker.admit() returns a ticket, any value but None, or None;
                   breaker.record(ticket, failed)
        timeout    seconds

    If the breaker refuses: raise CircuitOpen, and don't ask.

    A failure is what says that the tax office is unwell: a status of 500 or more, a timeout, a lost connection. A
    status below 500 is none: 404 is an answer. A response is returned in either case; what is raised goes up unchanged.

    Every ticket is recorded once, also where something else is raised, even if it isn't an Exception (whoever waits can
    be cancelled): a ticket that never comes back is a probe that never ends. Whether that is a failure is up to you.
    """
    raise NotImplementedError
