# Belief: No request can be answered in less than a tenth of a second.
# Caught by: test_tax_rate_is_in_time_however_little_is_left
# Hint: Then don't ask, or ask and give up in time: the deadline is the customer's, and isn't yours to move.

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
        response = shop.call(path, max(0.1, min(TIMEOUT, left)), {"Deadline-Left": f"{left:.3f}"})
    except (TimeoutError, ConnectionError, shop.CircuitOpen):
        raise _Unreachable from None
    if response.status >= 500:
        raise _Unreachable
    if response.status >= 400:
        raise UnknownGood(path)
    return response.text
