import threading


class Breaker:
    """A ticket is the state object in which its call began: a result of another one is of the past."""

    def __init__(self, clock, window, minimum, rate, pause):
        self.clock, self.window, self.minimum, self.rate, self.pause = clock, window, minimum, rate, pause
        self.lock = threading.Lock()
        self.state = Closed(self)

    def admit(self):
        with self.lock:
            return self.state.admit()

    def record(self, ticket, failed):
        with self.lock:
            if ticket is self.state:
                self.state = self.state.after(failed)


class Closed:
    def __init__(self, breaker):
        self.breaker = breaker
        self.results = []

    def admit(self):
        return self

    def after(self, failed):
        breaker, now = self.breaker, self.breaker.clock.monotonic()
        self.results.append((now, failed))
        fresh = [bad for at, bad in self.results if now - at < breaker.window]
        is_ill = len(fresh) >= breaker.minimum and fresh.count(True) / len(fresh) >= breaker.rate
        return Open(breaker) if is_ill else self


class Open:
    def __init__(self, breaker):
        self.breaker = breaker
        self.since = breaker.clock.monotonic()

    def admit(self):
        if self.breaker.clock.monotonic() - self.since < self.breaker.pause:
            return None
        self.breaker.state = HalfOpen(self.breaker)
        return self.breaker.state.admit()


class HalfOpen:
    def __init__(self, breaker):
        self.breaker = breaker
        self.is_free = True

    def admit(self):
        ticket, self.is_free = (self if self.is_free else None), False
        return ticket

    def after(self, failed):
        return Open(self.breaker) if failed else Closed(self.breaker)
