"""Stories of breakers, with what should come of each step: told by models that are written from the tasks' words."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from harness import Script, StoryMachine

BREAKER = "breaker and clock"
CALLERS = ("Ann", "Bob", "Cleo")

# Window, minimum, rate, pause. The last has a window that outlives the pause.
SETTINGS = [(10, 2, 0.5, 30), (10, 4, 0.5, 30), (10, 3, 0.75, 30), (60, 4, 0.25, 5)]

# Where calls overlap it is soon open: how it opens is what task 1 is about.
QUICK = [(10, 2, 0.5, 30), (60, 2, 0.5, 30)]


def results_of_calls(most):
    """Give the results of a few calls, as a text: x is a failure, . goes well."""
    return st.lists(st.sampled_from("x."), min_size=1, max_size=most).map("".join)


class BreakerScript(Script):
    """A story of one breaker, as the tasks 1 and 2 say it goes."""

    def __init__(self, window=10, minimum=2, rate=0.5, pause=30):
        given = {"window": window, "minimum": minimum, "rate": rate, "pause": pause}
        in_words = f"Breaker(clock, window={window}, minimum={minimum}, rate={rate:g}, pause={pause})"
        super().__init__(given, in_words)
        self.now, self.state, self.since, self.era = 0, "closed", 0, 0
        self.results, self.tickets, self.is_probing = [], {}, False

    def passes(self, seconds):
        """Let time pass, if any does."""
        if not seconds:
            return
        self.acts.append(("passes", (seconds,)))
        self.now += seconds
        text = f"{seconds} s pass: it is {self.now} s"
        self.tell(BREAKER, text, amid=self.state != "closed", step=["passes", seconds])

    def sets_the_wall_clock(self, seconds):
        """Set the time of day: clock.time(), which is no measure of how long something takes."""
        self.acts.append(("sets_the_wall_clock", (seconds,)))
        way = "forward" if seconds > 0 else "back"
        text = f"the time of day is set {way} by {abs(seconds) // 3600} h"
        self.tell(BREAKER, text, amid=self.state != "closed", step=["sets the wall clock", seconds])

    def admit(self, caller):
        """A caller who has no ticket out asks whether to go ahead; return whether it may."""
        if caller in self.tickets:
            return False
        self.acts.append(("admit", (caller,)))
        if self.state == "open" and self.now - self.since >= self.given["pause"]:
            self._becomes("half-open")
        admitted = self.state == "closed" or (self.state == "half-open" and not self.is_probing)
        if admitted:
            self.tickets[caller] = self.era
            self.is_probing = self.state == "half-open"
        self.tell(caller, "admit()", "a ticket" if admitted else "None", amid=admitted, step=["admit", caller])
        return admitted

    def record(self, caller, failed):
        """A caller who has a ticket comes back with its result."""
        if caller not in self.tickets:
            return
        self.acts.append(("record", (caller, failed)))
        self.tell(caller, f"record(ticket, failed={failed})", step=["record", caller, failed])
        if self.tickets.pop(caller) != self.era:
            return
        if self.state == "half-open":
            self._becomes("open" if failed else "closed")
            return
        self.results.append((self.now, failed))
        fresh = [bad for at, bad in self.results if self.now - at < self.given["window"]]
        if len(fresh) >= self.given["minimum"] and sum(fresh) / len(fresh) >= self.given["rate"]:
            self._becomes("open")

    def call(self, failed, caller="Ann"):
        """A caller asks, and if it may, has its result at once."""
        if self.admit(caller):
            self.record(caller, failed)

    def calls(self, results, caller="Ann"):
        """Calls one after the other: x is a failure, . goes well."""
        for result in results:
            self.call(result == "x", caller)
        return self

    def _becomes(self, state):
        self.state, self.since, self.is_probing = state, self.now, False
        self.era += 1
        self.results.clear()
        until = f" until {self.now + self.given['pause']} s" if state == "open" else ""
        self.tell(BREAKER, f"should be {state.upper()}{until}", amid=state != "closed")


class OneAfterTheOther(StoryMachine):
    """In any story of calls one after the other, the breaker admits and refuses as the task says."""

    @initialize(settings=st.sampled_from(SETTINGS))
    def begins(self, settings):
        """A breaker is made."""
        self.script = BreakerScript(*settings)

    @rule(seconds=st.sampled_from([0, 1, 5, 10, 29, 30]), results=results_of_calls(5))
    def calls(self, seconds, results):
        """Ann calls a few times, after a while."""
        self.script.passes(seconds)
        self.script.calls(results)

    @rule(seconds=st.sampled_from([3600, -3600]))
    def the_wall_clock_is_set(self, seconds):
        """Somebody corrects the time of day."""
        self.script.sets_the_wall_clock(seconds)


class CallsThatOverlap(StoryMachine):
    """In any story of calls that overlap, there is one probe at a time, and no result counts in a later era."""

    @initialize(settings=st.sampled_from(QUICK), late=st.integers(0, 2), seconds=st.sampled_from([0, 30]))
    def begins(self, settings, late, seconds):
        """A breaker is made; it may have opened already while some are still under way, and its pause may be over."""
        self.script = BreakerScript(*settings)
        if late:
            for caller in CALLERS[:late]:
                self.script.admit(caller)
            self.script.calls("xx", CALLERS[-1])
            self.script.passes(seconds)

    @property
    def free(self):
        """Who has no call under way."""
        return [caller for caller in CALLERS if caller not in self.script.tickets]

    @precondition(lambda self: self.free)
    @rule(seconds=st.sampled_from([0, 30, 29]))
    def asks(self, seconds):
        """Somebody asks to go ahead, after a while."""
        self.script.passes(seconds)
        self.script.admit(self.free[0])

    @precondition(lambda self: self.free)
    @rule(seconds=st.sampled_from([0, 30, 29]), results=results_of_calls(3))
    def calls(self, seconds, results):
        """Somebody calls a few times, one call after the other, after a while."""
        self.script.passes(seconds)
        self.script.calls(results, self.free[-1])

    @precondition(lambda self: self.script.tickets)
    @rule(which=st.integers(0, 2), failed=st.booleans())
    def comes_back(self, which, failed):
        """One of those who are under way has a result."""
        under_way = [caller for caller in CALLERS if caller in self.script.tickets]
        self.script.record(under_way[which % len(under_way)], failed)


# Task 6 ---------------------------------------------------------------------------------------------------------------

SHARED = {"limit": 2, "pause": 600, "lease": 300}


class SharedScript(Script):
    """A story of workers that share one breaker through Redis, as task 6 says it goes."""

    def __init__(self, limit=2, pause=600, lease=300):
        given = {"limit": limit, "pause": pause, "lease": lease}
        in_words = f"SharedBreaker(redis, clock, limit={limit}, pause={pause}, lease={lease}), one for each worker"
        super().__init__(given, in_words)
        self.now, self.state, self.since, self.era, self.failures = 0, "closed", 0, 0, 0
        self.tickets = {}

    def passes(self, seconds):
        """Let time pass, in steps of minutes, if any does."""
        if not seconds:
            return
        self.acts.append(("passes", (seconds,)))
        self.now += seconds
        text = f"{seconds // 60} min pass: it is {self.now // 60} min"
        self.tell(BREAKER, text, amid=self.state != "closed", step=["passes", seconds])

    def admit(self, worker):
        """A worker who has no ticket out asks whether to go ahead; return whether it may."""
        if worker in self.tickets:
            return False
        self.acts.append(("admit", (worker,)))
        waits = self.given["pause"] if self.state == "open" else self.given["lease"]
        admitted = self.state == "closed" or self.now - self.since >= waits
        if admitted and self.state != "closed":
            self._becomes("half-open")
        if admitted:
            self.tickets[worker] = self.era
        self.tell(worker, "admit()", "a ticket" if admitted else "None", amid=admitted, step=["admit", worker])
        return admitted

    def hands_over(self, worker, other):
        """A worker leaves its ticket to another, who has none."""
        if worker not in self.tickets or other in self.tickets:
            return
        self.acts.append(("hands_over", (worker, other)))
        self.tickets[other] = self.tickets.pop(worker)
        self.tell(worker, f"hands its ticket over to {other}", step=["hands over", worker, other])

    def record(self, worker, failed):
        """A worker who has a ticket comes back with its result, if the task says what that counts."""
        if worker not in self.tickets or not self.is_settled(worker):
            return
        self.acts.append(("record", (worker, failed)))
        self.tell(worker, f"record(ticket, failed={failed})", step=["record", worker, failed])
        if self.tickets.pop(worker) != self.era:
            return
        self.failures = self.failures + 1 if failed else 0
        if failed and (self.state == "half-open" or self.failures >= self.given["limit"]):
            self._becomes("open")
        elif not failed and self.state == "half-open":
            self._becomes("closed")

    def is_settled(self, worker):
        """Whether the task says what this result counts: for a dead probe without a successor it doesn't."""
        is_the_probe = self.state == "half-open" and self.tickets[worker] == self.era
        return not is_the_probe or self.now - self.since < self.given["lease"]

    def call(self, failed, worker="Ann"):
        """A worker asks, and if it may, has its result at once."""
        if self.admit(worker):
            self.record(worker, failed)

    def calls(self, results, worker="Ann"):
        """Calls one after the other: x is a failure, . goes well."""
        for result in results:
            self.call(result == "x", worker)
        return self

    def _becomes(self, state):
        self.state, self.since, self.failures = state, self.now, 0
        self.era += 1
        words = {
            "open": f"OPEN until {(self.now + self.given['pause']) // 60} min",
            "half-open": f"HALF-OPEN, lease until {(self.now + self.given['lease']) // 60} min",
            "closed": "CLOSED",
        }
        self.tell(BREAKER, f"should be {words[state]}", amid=state != "closed")


class WorkersShareABreaker(StoryMachine):
    """In any story of workers, one command after the other, they share one breaker as the task says."""

    @initialize(limit=st.sampled_from([1, 2]), late=st.integers(0, 2), seconds=st.sampled_from([0, 600, 900]))
    def begins(self, limit, late, seconds):
        """Nothing is in Redis yet; or it has opened already while some are under way, and its pause may be over."""
        self.script = SharedScript(limit)
        if late:
            for worker in CALLERS[:late]:
                self.script.admit(worker)
            self.script.calls("x" * limit, CALLERS[-1])
            self.script.passes(seconds)

    @property
    def free(self):
        """Who has no call under way."""
        return [worker for worker in CALLERS if worker not in self.script.tickets]

    @property
    def settled(self):
        """Whose result the task speaks of."""
        return [worker for worker in CALLERS if worker in self.script.tickets and self.script.is_settled(worker)]

    @precondition(lambda self: self.free)
    @rule()
    def asks(self):
        """A worker asks to go ahead."""
        self.script.admit(self.free[0])

    @precondition(lambda self: self.free)
    @rule(seconds=st.sampled_from([0, 600, 300, 240]), results=results_of_calls(4))
    def calls(self, seconds, results):
        """A worker calls a few times, one call after the other, after a while."""
        self.script.passes(seconds)
        self.script.calls(results, self.free[-1])

    @precondition(lambda self: self.settled)
    @rule(which=st.integers(0, 2), failed=st.booleans())
    def comes_back(self, which, failed):
        """A worker that is under way has a result."""
        self.script.record(self.settled[which % len(self.settled)], failed)

    @rule(seconds=st.sampled_from([300, 600, 240]))
    def time_passes(self, seconds):
        """Nothing happens for a while."""
        self.script.passes(seconds)
