# Task 2: probe
# Begin with a copy of your first breaker, if you like.


class Breaker:
    """The breaker of task 1, for calls that overlap: many may be admitted before the first result comes.

        clock, window, minimum, rate, pause     as in task 1

    Two things are new:
    - Half-open, one call at a time is admitted. While the probe is under way, all others are refused.
    - Each change of state, in whichever direction, begins a new era. A result counts in the era in which its call was
      admitted; one that comes later changes nothing, whatever it says.
    """

    def __init__(self, clock, window, minimum, rate, pause):
        raise NotImplementedError

    def admit(self):
        """Return a ticket for one call, any value but None; or None: the call is refused."""
        raise NotImplementedError

    def record(self, ticket, failed):
        """Take the ticket back, with what became of its call; each ticket comes back once, in any order."""
        raise NotImplementedError
