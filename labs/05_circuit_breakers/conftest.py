"""Fixtures of the lab: the shop's Redis, brought to a moment by the learner's own breaker."""

import pytest
from breaker_stories import SHARED
from florist_drivers import prepares_shared


class SharedMoment:
    """What Redis holds at one moment, so that each order can begin with it."""

    def __init__(self, redis, answer):
        self._redis = redis
        self._prepare = answer.through(prepares_shared, "SharedBreaker")
        self.tickets, self.now = {}, 0

    def bring_about(self, steps, limit):
        """Let one worker follow the steps in an empty Redis, and remember what it holds then."""
        with self._redis.client() as client:
            for key in list(client.scan_iter()):
                client.delete(key)
        self.tickets, self.now = self._prepare(self._redis, SHARED | {"limit": limit}, steps)
        with self._redis.client() as client:
            self._saved = [(key, f"saved:{key}") for key in sorted(client.keys())]
            for key, saved in self._saved:
                client.copy(key, saved)

    def again(self, client):
        """Begin an order: nothing is there but what was there at that moment."""
        kept = {saved for _, saved in self._saved}
        for key in list(client.scan_iter()):
            if key not in kept:
                client.delete(key)
        for key, saved in self._saved:
            client.copy(saved, key)


@pytest.fixture
def shared_moment(redis, answers):
    """A moment in the life of a shared breaker."""
    return SharedMoment(redis, answers.shared_breaker)
