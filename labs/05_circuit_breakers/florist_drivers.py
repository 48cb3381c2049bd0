"""What the tests do with an answer, on the answer's own side: made to order by plain values, and told in plain values.

A driver gets a handle (a world with a clock and a client of the tax office, or a Redis client), the answer, and what
to do with it.
"""

import random
from types import SimpleNamespace

from harness import VirtualClock

A_TICKET, REFUSED = "a ticket", "None"

# Tasks 1 and 2 -------------------------------------------------------------------------------------------------------


def plays_breaker(world, breaker_class, given, steps):
    """Make a breaker and follow the steps; return what each gave, in words."""
    breaker = breaker_class(world.clock, given["window"], given["minimum"], given["rate"], given["pause"])
    tickets, results = {}, []
    for what, *values in steps:
        result = ""
        if what == "passes":
            world.clock.advance(*values)
        elif what == "sets the wall clock":
            world.clock.set_wall(*values)
        elif what == "admit":
            tickets[values[0]] = breaker.admit()
            result = REFUSED if tickets[values[0]] is None else A_TICKET
        elif (ticket := tickets.pop(values[0], None)) is not None:
            breaker.record(ticket, values[1])
        results.append(result)
    return results


# Task 3 ---------------------------------------------------------------------------------------------------------------


class _Told(list):
    """The moments of a story: lane, text, result, whether something is under way."""

    def tell(self, lane, text, result="", *, amid=False):
        self.append([lane, text, result, amid])


def _ended(moments, lane, text, call, worded=repr):
    """Call it and return how it ended, in words, told as the last moment; `worded` puts its value into words."""
    try:
        value = call()
    except BaseException as error:  # noqa: BLE001 - whatever an answer raises is how the call has ended
        ended = f"raises {type(error).__name__}"
        shown = f"{ended}: {error}" if not isinstance(error, (OSError, BaseExceptionGroup)) else ended
    else:
        ended = shown = f"returns {worded(value)}"
    moments.tell(lane, text, shown)
    return ended


def _by_status(value):
    """Put a response into words; whatever else is returned is called by its name."""
    return str(value.status) if hasattr(value, "status") else f"{value!r}, which is no response"


def _in_order(value):
    """Put a dict into words that don't depend on the order in which it was filled."""
    return repr(dict(sorted(value.items(), key=repr)) if isinstance(value, dict) else value)


class _Seen:
    """The client of the tax office, with what it did told."""

    def __init__(self, world, moments):
        self._world, self._moments = world, moments

    def get(self, path, *, timeout=None, headers=None):
        return self.request("GET", path, timeout=timeout, headers=headers)

    def request(self, method, path, *, timeout=None, headers=None):
        try:
            response = self._world.upstream.request(method, path, timeout=timeout, headers=headers)
        except BaseException as error:
            self._tell(method, path, f"{type(error).__name__}")
            raise
        self._tell(method, path, f"{response.status}")
        return response

    def _tell(self, method, path, result):
        self._moments.tell("tax office", f"{method} {path}", f"{result}, at {self._world.clock.monotonic():g} s")


def plays_guard(world, guard, path, timeout, tickets):
    """Call guard once, with a breaker that gives these tickets, one after the other; tell what it did."""
    moments, records, left = _Told(), [], list(tickets)

    class Breaker:
        def admit(self):
            ticket = left.pop(0) if left else None
            moments.tell("guard", "breaker.admit()", repr(ticket), amid=ticket is not None)
            return ticket

        def record(self, ticket, failed):
            moments.tell("guard", f"breaker.record({ticket!r}, {failed!r})")
            records.append([ticket if isinstance(ticket, (str, int)) else repr(ticket), bool(failed)])

    def call():
        return guard(_Seen(world, moments), Breaker(), path, timeout)

    ended = _ended(moments, "guard", "the call", call, _by_status)
    return {"moments": list(moments), "records": records, "ended": ended, "seconds": world.clock.monotonic()}


# Task 4 ---------------------------------------------------------------------------------------------------------------


class CircuitOpen(Exception):
    """The breaker has refused the call."""


def plays_retry(world, retry, method, budget, opens_after, seed):  # noqa: PLR0913, PLR0917 - what crosses is a list
    """Call retry once; tell what it did. The breaker opens after so many results, the budget gives so many retries."""
    moments, records, spent = _Told(), [], []

    class Breaker:
        def call(self, function):
            if len(records) >= opens_after:
                moments.tell("breaker", "call(..)", "raises CircuitOpen")
                records.append("refused")
                raise CircuitOpen("the breaker is open")
            moments.tell("breaker", "call(..) begins", amid=True)
            failed = True
            try:
                response = function()
                failed = getattr(response, "status", 0) >= 500
            finally:
                records.append("failed" if failed else "well")
                moments.tell("breaker", "counts a result", records[-1])
            return response

    class Budget:
        def spend(self):
            spent.append(len(spent) < budget)
            moments.tell("retry", "budget.spend()", repr(spent[-1]))
            return spent[-1]

    class Clock:
        def __init__(self):
            self.slept = []

        def monotonic(self):
            return world.clock.monotonic()

        def sleep(self, seconds):
            moments.tell("retry", "clock.sleep(..)", "")
            self.slept.append(seconds)
            world.clock.sleep(seconds)

    clock = Clock()
    shop = SimpleNamespace(
        upstream=_Seen(world, moments),
        breaker=Breaker(),
        clock=clock,
        random=random.Random(seed),  # noqa: S311 - a test's own luck
        budget=Budget(),
    )
    ended = _ended(moments, "retry", "the call", lambda: retry(shop, method, "/receipt/12"), _by_status)
    return {
        "moments": list(moments),
        "records": records,
        "ended": ended,
        "asked": spent,
        "slept": clock.slept,
        "seconds": world.clock.monotonic(),
    }


def plays_retries(world, retry, seeds):
    """Call retry once a seed; tell how long the waits of each number were."""
    moments = _Told()
    waits = [plays_retry(world, retry, "GET", 9, 99, seed)["slept"] for seed in range(seeds)]
    for number, column in enumerate(zip(*waits, strict=False)):
        spread = f"from {min(column):.3f} to {max(column):.3f} s"
        moments.tell("retry", f"wait number {number} of {seeds} calls", spread)
    return {"moments": list(moments), "waits": waits}


# Task 5 ---------------------------------------------------------------------------------------------------------------


def plays_tax_rate(world, tax_rate, known, seconds, opens_after):
    """Call tax_rate once, `seconds` before its deadline; tell what it did. The breaker opens after so many requests."""
    moments, count = _Told(), []
    world.clock.advance(1000)  # the shop has been open for a while: a deadline is no span
    deadline = world.clock.monotonic() + seconds
    seen = _Seen(world, moments)

    def call(path, timeout=None, headers=None):
        if len(count) >= opens_after:
            moments.tell("breaker", "is open", "raises CircuitOpen")
            raise CircuitOpen("the breaker is open")
        count.append(path)
        return seen.get(path, timeout=timeout, headers=headers)

    last_known = {(address, good): rate for address, good, rate in known}
    shop = SimpleNamespace(call=call, clock=world.clock, last_known=last_known, CircuitOpen=CircuitOpen)
    ended = _ended(moments, "tax_rate", "the call", lambda: tax_rate(shop, "12-Elm-Row", "tulips", deadline), _in_order)
    rows = [[address, good, rate] for (address, good), rate in shop.last_known.items()]
    return {"moments": list(moments), "ended": ended, "known": rows, "late": world.clock.monotonic() - deadline}


# Task 6 ---------------------------------------------------------------------------------------------------------------


class _ClockOfAMachine:
    """The clock that one worker sees: the time is the same for all, monotonic() counts from its machine's start."""

    def __init__(self, clock, name):
        self._clock = clock
        self._up_for = 1_000_000 - 100_000 * (ord(name[0]) - ord("A"))  # seconds: Ann's for longest, then Bob's, Cleo's

    def time(self):
        return self._clock.time()

    def monotonic(self):
        return self._up_for + self._clock.monotonic()


def plays_shared(redis, breaker_class, given, steps):
    """Let workers, each with a breaker of its own, follow the steps at an empty Redis; return what each step gave."""
    redis.flushdb()
    clock, workers, tickets, results = VirtualClock(), {}, {}, []
    for what, *values in steps:
        result = ""
        if what == "passes":
            clock.advance(*values)
            _ages(redis, *values)
        else:
            name = values[0]
            if name not in workers:
                seen = _ClockOfAMachine(clock, name)
                workers[name] = breaker_class(redis, seen, given["limit"], given["pause"], given["lease"])
            if what == "admit":
                tickets[name] = workers[name].admit()
                result = REFUSED if tickets[name] is None else A_TICKET
            elif what == "hands over":
                tickets[values[1]] = tickets.pop(name, None)
            elif (ticket := tickets.pop(name, None)) is not None:
                workers[name].record(ticket, values[1])
        results.append(result)
    return results


def prepares_shared(redis, breaker_class, given, steps):
    """Do the same, and return the tickets that are out, and the time."""
    clock, tickets = VirtualClock(), {}
    breaker = breaker_class(redis, clock, given["limit"], given["pause"], given["lease"])
    for what, *values in steps:
        if what == "passes":
            clock.advance(*values)
            _ages(redis, *values)
        elif what == "admit":
            tickets[values[0]] = breaker.admit()
        else:
            breaker.record(tickets.pop(values[0]), values[1])
    return [tickets, clock.monotonic()]


def works_shared(redis, breaker_class, given, now, steps):
    """Be one worker: make a breaker at this time and follow the steps; return what each admit() gave, in words."""
    clock, results = VirtualClock(), []
    clock.advance(now)
    breaker = breaker_class(redis, clock, given["limit"], given["pause"], given["lease"])
    for what, *values in steps:
        if what == "admit":
            results.append(REFUSED if breaker.admit() is None else A_TICKET)
        else:
            breaker.record(*values)
    return results


def _ages(redis, seconds):
    """Let time pass for keys that expire; what is left is always minutes, so that no real second counts."""
    for key in redis.scan_iter():
        if (left := redis.pttl(key)) >= 0:
            redis.pexpire(key, max(0, left - round(seconds * 1000)))
