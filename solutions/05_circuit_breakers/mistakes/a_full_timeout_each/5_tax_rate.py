# Belief: Each request has two seconds.
# Caught by: test_tax_rate_gives_up_at_the_deadline
# Hint: Two requests of two seconds are four, and the customer has left. What is left is less each time.

TIMEOUT = 2.0


class UnknownGood(Exception):
    """The tax office knows no such region, or no such good."""


class NoRate(Exception):
    """Neither the tax office nor our memory can say."""


class _Unreachable(Exception):
    """The tax office has not answered, or not usefully."""


def tax_rate(shop, address, good, deadline):
    try:
        region = _asked(shop, f"/region/{address}", deadline)
        rate = _asked(shop, f"/rate/{region}/{good}", deadline)
    except _Unreachable:
        if (address, good) not in shop.last_known:
            raise NoRate(f"{good} at {address}") from None
        return {"rate": shop.last_known[address, good], "stale": True}
    shop.last_known[address, good] = rate
    return {"rate": rate, "stale": False}


def _asked(shop, path, deadline):
    left = deadline - shop.clock.monotonic()
    if left <= 0:
        raise _Unreachable
    try:
        response = shop.call(path, TIMEOUT, {"Deadline-Left": f"{left:.3f}"})
    except (TimeoutError, ConnectionError, shop.CircuitOpen):
        raise _Unreachable from None
    if response.status >= 500:
        raise _Unreachable
    if response.status >= 400:
        raise UnknownGood(path)
    return response.text
