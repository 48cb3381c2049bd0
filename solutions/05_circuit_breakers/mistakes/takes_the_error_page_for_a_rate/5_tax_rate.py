# Belief: If there is a response, its text is the answer.
# Caught by: test_tax_rate_falls_back_on_what_is_known[500-rate]
# Hint: The text of a 500 is an error page. You would print it on the bill, and remember it.

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
        response = shop.call(path, min(TIMEOUT, left), {"Deadline-Left": f"{left:.3f}"})
    except (TimeoutError, ConnectionError, shop.CircuitOpen):
        raise _Unreachable from None
    if response.status >= 400:
        raise UnknownGood(path)
    return response.text
