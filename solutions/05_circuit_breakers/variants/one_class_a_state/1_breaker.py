class Breaker:
    def __init__(self, clock, window, minimum, rate, pause):
        self.clock, self.window, self.minimum, self.rate, self.pause = clock, window, minimum, rate, pause
        self.state = Closed(self)

    def admit(self):
        return self.state.admit()

    def record(self, ticket, failed):
        self.state = self.state.after(failed)


class Closed:
    def __init__(self, breaker):
        self.breaker = breaker
        self.good, self.bad = [], []

    def admit(self):
        return True

    def after(self, failed):
        breaker, now = self.breaker, self.breaker.clock.monotonic()
        (self.bad if failed else self.good).append(now)
        self.good = [at for at in self.good if at > now - breaker.window]
        self.bad = [at for at in self.bad if at > now - breaker.window]
        total = len(self.good) + len(self.bad)
        if total >= breaker.minimum and len(self.bad) / total >= breaker.rate:
            return Open(breaker)
        return self


class Open:
    def __init__(self, breaker):
        self.breaker = breaker
        self.until = breaker.clock.monotonic() + breaker.pause

    def admit(self):
        if self.breaker.clock.monotonic() < self.until:
            return None
        self.breaker.state = HalfOpen(self.breaker)
        return self.breaker.state.admit()


class HalfOpen:
    def __init__(self, breaker):
        self.breaker = breaker

    def admit(self):
        return True

    def after(self, failed):
        return Open(self.breaker) if failed else Closed(self.breaker)
