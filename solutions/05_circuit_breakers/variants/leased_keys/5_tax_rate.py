TIMEOUT = 2.0


class UnknownGood(Exception):
    pass


class NoRate(Exception):
    pass


def tax_rate(shop, address, good, deadline):
    key = address, good
    answer = f"region/{address}"
    for path in ("/region/" + address, "/rate/{}/" + good):
        answer = ask(shop, path.format(answer), deadline - shop.clock.monotonic())
        if answer is None:
            if key in shop.last_known:
                return dict(rate=shop.last_known[key], stale=True)
            raise NoRate(key)
    shop.last_known.update({key: answer})
    return dict(stale=False, rate=answer)


def ask(shop, path, left):
    if not left > 0:
        return None
    try:
        response = shop.call(path, timeout=min(left, TIMEOUT), headers={"Deadline-Left": "%.3f" % left})
    except (ConnectionError, TimeoutError, shop.CircuitOpen):
        return None
    if 400 <= response.status <= 499:
        raise UnknownGood(path)
    return response.text if response.status < 400 else None
