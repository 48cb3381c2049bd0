"""A Redis database as the place of an exploration."""

from __future__ import annotations

import contextlib
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from harness.explorers.interleavings.gated_redis import GatedRedis
from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.steps import Gate


class RedisPlace(Place):
    """A numbered database, by redis-py's own options (host, port, db, username, password): plain values."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def open(self) -> GatedRedis:
        """Return a client that gives text, and that asks once: a command sent again would be a second step."""
        return GatedRedis(**{"decode_responses": True} | self.options, retry=Retry(NoBackoff(), 0))

    def enter(self, handle: GatedRedis, gate: Gate | None) -> None:
        """Give the client to an actor, or take it back."""
        handle.gate = gate

    def left_open(self, handle: GatedRedis) -> bool:  # noqa: ARG002 - what MULTI begins, EXEC ends in the same step
        """Return False: no transaction of Redis' stays open."""
        return False

    def undo(self, handle: GatedRedis) -> None:
        """Do nothing: each command is done, for good."""

    def renew(self, handle: GatedRedis) -> bool:
        """Cut the connections, so that nothing is watched or subscribed to any more."""
        handle.gate = None
        handle.connection_pool.disconnect()
        return True

    def close(self, handle: GatedRedis) -> None:
        """Close it."""
        handle.gate = None
        with contextlib.suppress(redis.RedisError):
            handle.close()

    def look(self) -> redis.Redis:
        """Return a client of the test's own."""
        return redis.Redis(**{"decode_responses": True} | self.options)

    def watch(self) -> None:
        """Return nobody: no command ever waits for a lock."""
        return
