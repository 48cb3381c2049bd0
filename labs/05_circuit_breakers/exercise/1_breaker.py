# Task 1: breaker


class Breaker:
    """A circuit breaker: closed, open or half-open. A call may take time; here it is over before the next begins.

        clock     clock.monotonic() gives seconds
        window    seconds for which a result counts, from record() on; one that is exactly so old counts no more
        minimum   how many results there must be in the window before anything is decided
        rate      the share of failures, from 0 to 1, from which on (that share included) the breaker opens
        pause     seconds for which it stays open

    Closed: every call is admitted. After each result, good or bad: if the window holds at least `minimum` results and
    the share of failures among them is `rate` or more, the breaker opens.
    Open: every call is refused until `pause` seconds have passed since it opened. Then it is half-open.
    Half-open: a call is admitted, the probe. If it goes well the breaker is closed, and its window empty. If it fails
    the breaker is open, for another whole pause.
    """

    def __init__(self, clock, window, minimum, rate, pause):
        raise NotImplementedError

    def admit(self):
        """Return a ticket for one call, any value but None; or None: the call is refused."""
        raise NotImplementedError

    def record(self, ticket, failed):
        """Take the ticket back, with what became of its call: True if it failed, else False."""
        raise NotImplementedError
