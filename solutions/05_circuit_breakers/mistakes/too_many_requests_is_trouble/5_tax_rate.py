# Belief: 429 says that they can't be reached just now.
# Caught by: test_tax_rate_hides_no_refusal[429]
# Hint: They can be reached, and have answered: you ask too often. The task counts 400 to 499 as an answer, without exceptions.

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
    if response.status >= 500 or response.status == 429:
        raise _Unreachable
    if response.status >= 400:
        raise UnknownGood(path)
    return response.text
