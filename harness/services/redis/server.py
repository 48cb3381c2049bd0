"""A running Redis, and the numbered databases on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.errors import ServiceUnavailable
from harness.services.leases import FileLock
from harness.services.provide import Choice, Service, provide
from harness.services.recipes import NoAnswer, Say
from harness.services.redis import connections, settings
from harness.services.redis.docker import RedisContainer
from harness.services.redis.embedded import RedisEmbedded
from harness.services.trouble import lost
from harness.services.warm import Provider, State

if TYPE_CHECKING:
    from redis import Redis


class RedisDatabase:
    """One numbered database, empty at first, of this process alone until `drop()`, and a user for it alone.

    That user can't hurt the server, and is gone with the database. But Redis binds no user to a number: an answer that
    selects another one gets there. Channels of publish and subscribe, scripts and functions are the server's, not a
    database's: a lab gives them names of its own, for which `mark` is good.
    """

    def __init__(self, number: int, password: str, server: RedisServer) -> None:
        self.number = number
        self.server = server
        self.password = password

    def __repr__(self) -> str:
        """Its number: what a failed assertion shows."""
        return f"RedisDatabase({self.number})"

    @property
    def mark(self) -> str:
        """A short text that no other database of this server has."""
        return _user(self.number)

    @property
    def options(self) -> dict[str, Any]:
        """How its own user connects, by redis-py's options: plain values, which another process can use."""
        return self.server.options(self)

    def client(self, **options: Any) -> Redis:
        """Return a client of this database; `options` are redis-py's own."""
        return self.server.client(self, **options)

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
        self._control = connections.administrate(state)
        self._taken: dict[int, tuple[RedisDatabase, FileLock]] = {}

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
                database = RedisDatabase(number, secrets.token_urlsafe(24), self)
                self._taken[number] = database, lock
                self._clear(number)
                self._admit(database)
                return database
        raise ServiceUnavailable("all numbered databases of the Redis server are in use", "run fewer tests at once")

    def options(self, database: RedisDatabase) -> dict[str, Any]:
        """Return how the user of one numbered database connects, in plain values."""
        address = {"host": self._state.host, "port": self._state.port, "db": database.number}
        return address | {"username": _user(database.number), "password": database.password}

    def client(self, database: RedisDatabase, **options: Any) -> Redis:
        """Return a client of one numbered database, under its own user."""
        own = {"username": _user(database.number), "password": database.password}
        return connections.connect(self._state, database.number, **own | options)

    def drop(self, database: RedisDatabase) -> None:
        """Empty a database, end whoever is still connected to it, and give it back; once is enough."""
        taken, lock = self._taken.get(database.number, (None, None))
        if taken is not database or lock is None:
            return
        try:
            self._clear(database.number)
        finally:
            del self._taken[database.number]
            lock.release()

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps the server from serving, or None. It has its data in memory, and needs no disk."""
        return None if connections.serves(self._state) else lost("Redis")

    def close(self) -> None:
        """Let go of the server and of all databases taken from it; it stays warm."""
        for _, lock in self._taken.values():
            lock.release()
        self._taken.clear()
        self._control.close()
        self._lease.release()

    def _admit(self, database: RedisDatabase) -> None:
        """Make the database's own user."""
        user = ("ACL", "SETUSER", _user(database.number), "reset", "on", f">{database.password}", *settings.RIGHTS)
        self._guarded(lambda: self._control.execute_command(*user))  # type: ignore[no-untyped-call]

    def _clear(self, number: int) -> None:
        """Empty a database; whoever is connected to it is cut off with its user and can't come back."""
        self._guarded(lambda: self._control.acl_deluser(_user(number)))
        with connections.administrate(self._state, number) as client:
            self._guarded(client.flushdb)

    def _guarded(self, work: Callable[[], object]) -> None:
        from redis.exceptions import RedisError  # late: see connections.py

        try:
            work()
        except (RedisError, OSError) as error:
            raise ServiceUnavailable(
                f"the Redis server was lost: {error}", "run it again: a new one will be started"
            ) from error


def _user(number: int) -> str:
    return f"database-{number}"


def _open(state: State, lease: FileLock, why: str) -> RedisServer:
    if not connections.serves(state):
        raise NoAnswer
    return RedisServer(state, lease, why)


SERVICE = Service("redis", "Redis", RedisEmbedded, RedisContainer, _open)


def start_redis(choice: Choice, *, say: Say) -> RedisServer:
    """Return a Redis; arguments and errors are those of `provide`."""
    return provide(SERVICE, choice, say=say)
