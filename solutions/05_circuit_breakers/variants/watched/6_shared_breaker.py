import json

from redis import WatchError

KEY = "tax-office"
NEW = {"state": "closed", "era": 0, "failures": 0, "since": 0.0}


class SharedBreaker:
    """Read, decide, write: and again from the reading, if anybody has written meanwhile."""

    def __init__(self, redis, clock, limit, pause, lease):
        self.redis, self.clock, self.limit, self.pause, self.lease = redis, clock, limit, pause, lease

    def admit(self):
        return self.changed(self.admitted)

    def record(self, ticket, failed):
        self.changed(lambda known: self.recorded(known, ticket, failed))

    def changed(self, decide):
        while True:
            with self.redis.pipeline() as pipe:
                pipe.watch(KEY)
                known = json.loads(pipe.get(KEY) or json.dumps(NEW))
                before = dict(known)
                value = decide(known)
                if known == before:
                    return value
                pipe.multi()
                pipe.set(KEY, json.dumps(known))
                try:
                    pipe.execute()
                except WatchError:
                    continue
                return value

    def admitted(self, known):
        if known["state"] == "closed":
            return known["era"]
        now = self.clock.time()
        if now - known["since"] < (self.pause if known["state"] == "open" else self.lease):
            return None
        known.update(state="half-open", since=now, era=known["era"] + 1)
        return known["era"]

    def recorded(self, known, ticket, failed):
        if ticket != known["era"]:
            return
        known["failures"] = known["failures"] + 1 if failed else 0
        if failed and (known["state"] == "half-open" or known["failures"] >= self.limit):
            known.update(state="open", since=self.clock.time(), era=known["era"] + 1, failures=0)
        elif not failed and known["state"] == "half-open":
            known.update(state="closed", era=known["era"] + 1)
