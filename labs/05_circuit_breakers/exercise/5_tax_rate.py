# Task 5: tax_rate

TIMEOUT = 2.0  # seconds, the longest for one request


class UnknownGood(Exception):
    """The tax office knows no such region, or no such good."""


class NoRate(Exception):
    """Neither the tax office nor our memory can say."""


def tax_rate(shop, address, good, deadline):
    """Return what a good is taxed at an address, as {"rate": text, "stale": False}.

        shop.call(path, timeout, headers)   one guarded request: returns a response with .status and .text, or raises
                                            TimeoutError, ConnectionError or CircuitOpen
        shop.clock                          shop.clock.monotonic()
        shop.last_known                     a dict of ours: (address, good) -> the last rate that the tax office told
        shop.CircuitOpen                    that exception
        deadline                            the moment, on shop.clock, at which the customer must have an answer

    Two requests: /region/ADDRESS gives the region as text, then /rate/REGION/GOOD the rate as text.

    Each request gets a timeout of TIMEOUT or what is left until the deadline, whichever is less, and the header
    Deadline-Left with the seconds that are left ("1.500"), so that the tax office can give up in time. If nothing is
    left there is no request.

    If the tax office can't be reached (a timeout, a lost connection, an open breaker, a status of 500 or more, or no
    time left): return the last known rate, as {"rate": .., "stale": True}; where none is known raise NoRate.
    A status from 400 to 499 is an answer: raise UnknownGood, whatever was known. Every other error goes up.
    A rate that was told is the last known from then on.
    """
    raise NotImplementedError
