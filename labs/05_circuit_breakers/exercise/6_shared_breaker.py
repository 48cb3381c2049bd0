# Task 6: shared_breaker


class SharedBreaker:
    """One breaker for all workers, whose state is in Redis alone. Each worker has an object of its own.

        redis    a redis.Redis that returns text. Scripts may be used: redis.eval(script, number_of_keys, key, ..)
        clock    clock.time() gives seconds: the same for all workers, on whichever machine, which monotonic() isn't.
                 Expiry in Redis (EX, PX, EXPIRE) goes by it, too; Redis' own TIME doesn't
        limit    how many failures in a row open the breaker
        pause    seconds for which it stays open
        lease    seconds for which a probe may be under way; after that its worker is taken for dead

    Closed: every call is admitted. A failure counts one more, a success starts the count again; `limit` open it. The
    count doesn't end by itself, however long nobody calls.
    Open: every call is refused until `pause` seconds have passed. Then half-open.
    Half-open: one call of all workers is admitted, the probe; for `lease` seconds all others are refused, then the next
    is admitted, as the new probe. A probe that goes well closes the breaker (and the count starts again), one that
    fails opens it for another pause.
    A result from before the last change of state changes nothing; nor does that of a probe whose lease is over, once
    there is a new one (until then it is up to you).
    Workers do this at the same time, and none may see or undo half of what another does.
    """

    def __init__(self, redis, clock, limit, pause, lease):
        raise NotImplementedError

    def admit(self):
        """Return a ticket, a text or a number; or None: refused. Another worker's object may be given it back."""
        raise NotImplementedError

    def record(self, ticket, failed):
        """Take a ticket back, with what became of its call: True if it failed, else False."""
        raise NotImplementedError
