"""A running Redis, and the numbered databases on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import ServiceUnavailable
from harness.services.leases import FileLock
from harness.services.provide import Choice, Service, provide
from harness.services.recipes import NoAnswer, Say
from harness.services.redis import connections, settings
from harness.services.redis.docker import RedisContainer
from harness.services.redis.embedded import RedisEmbedded
from harness.services.warm import Provider, State

if TYPE_CHECKING:
    from redis import Redis


class RedisDatabase:
    """One numbered database, empty at first, of this process alone until `drop()`.

    Channels of publish and subscribe, scripts and functions are the server's, not a database's: a lab gives them names
    of its own, for which `mark` is good.
    """

    def __init__(self, number: int, server: RedisServer) -> None:
        self.number = number
        self.server = server

    def __repr__(self) -> str:
        """Its number: what a failed assertion shows."""
        return f"RedisDatabase({self.number})"

    @property
    def mark(self) -> str:
        """A short text that no other database of this server has."""
        return f"db{self.number}"

    def client(self, **options: Any) -> Redis:
        """Return a client of this database, under a user that can't hurt the server; `options` are redis-py's own."""
        return self.server.client(self.number, **options)

    def drop(self) -> None:
        """Empty the database, end whoever is still connected to it, and give it back."""
        self.server.drop(self)


class RedisServer:
    """A warm server that this process holds a lease on. `why` says in one sentence how it came to be this one.

    Every method raises ServiceUnavailable where the server is gone.
    """

    def __init__(self, state: State, lease: FileLock, why: str) -> None:
        self.provider: Provider = state.provider
        self.version = state.version
        self.why = why
        self._state = state
        self._lease = lease
        self._control = connections.connect(state, settings.ADMIN)
        self._taken: dict[int, FileLock] = {}

    def __repr__(self) -> str:
        """Without the passwords."""
        return f"RedisServer({self.provider} {self.version}, port {self._state.port})"

    def database(self) -> RedisDatabase:
        """Return an empty database that no other test and no other run has; `drop()` gives it back."""
        for number in range(1, int(settings.SETTINGS["databases"])):
            if number in self._taken:
                continue
            # A process that is killed gives its databases back by that, for the next one to empty.
            lock = FileLock(self._lease.path.with_name(f"database-{number}"))
            if lock.take(seconds=0):
                self._taken[number] = lock
                self._clear(number)
                return RedisDatabase(number, self)
        raise ServiceUnavailable("all numbered databases of the Redis server are in use", "run fewer tests at once")

    def client(self, number: int, **options: Any) -> Redis:
        """Return a client of one numbered database, under the learner's user."""
        return connections.connect(self._state, settings.LEARNER, number, **options)

    def drop(self, database: RedisDatabase) -> None:
        """Empty a database, end whoever is still connected to it, and give it back; once is enough."""
        lock = self._taken.pop(database.number, None)
        if lock is not None:
            try:
                self._clear(database.number)
            finally:
                lock.release()

    def close(self) -> None:
        """Let go of the server and of all databases taken from it; it stays warm."""
        for lock in self._taken.values():
            lock.release()
        self._taken.clear()
        self._control.close()
        self._lease.release()

    def _clear(self, number: int) -> None:
        from redis.exceptions import RedisError  # late: see connections.py

        try:
            for other in self._control.client_list():
                if int(other["db"]) == number:
                    self._control.client_kill_filter(_id=other["id"], skipme=True)
            with connections.connect(self._state, settings.ADMIN, number) as client:
                client.flushdb()
        except (RedisError, OSError) as error:
            raise ServiceUnavailable(
                f"the Redis server was lost: {error}", "run it again: a new one will be started"
            ) from error


def _open(state: State, lease: FileLock, why: str) -> RedisServer:
    if not connections.version(state):
        raise NoAnswer
    return RedisServer(state, lease, why)


SERVICE = Service("redis", "Redis", RedisEmbedded, RedisContainer, _open)


def start_redis(choice: Choice, *, say: Say) -> RedisServer:
    """Return a Redis; arguments and errors are those of `provide`."""
    return provide(SERVICE, choice, say=say)
