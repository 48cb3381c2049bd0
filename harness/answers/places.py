"""From what a test has of a server to the place where answers work on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from harness.errors import BrokenLab
from harness.explorers.interleavings import Place, PostgresPlace


@runtime_checkable
class PostgresDatabase(Protocol):
    """A Postgres database as a test hands it to an answer in Python."""

    @property
    def conninfo(self) -> str:
        """How the learner's role connects."""
        ...

    @property
    def control_conninfo(self) -> str:
        """How a role that sees and ends every session connects."""
        ...


@runtime_checkable
class RabbitVhost(Protocol):
    """A vhost of RabbitMQ's."""

    @property
    def url(self) -> str:
        """Its address, with a user and its password."""
        ...

    @property
    def management(self) -> Any:
        """What a test asks about it."""
        ...


@runtime_checkable
class KafkaSpace(Protocol):
    """A part of a Kafka."""

    @property
    def prefix(self) -> str:
        """How the names of its groups begin."""
        ...

    def client_settings(self) -> Mapping[str, Any]:
        """Return what a client needs to reach the server."""
        ...


@runtime_checkable
class RedisDatabase(Protocol):
    """A numbered database of a Redis."""

    @property
    def number(self) -> int:
        """Its number."""
        ...

    def client(self) -> Any:
        """Return a client of redis-py's."""
        ...


_HOW_REDIS_CONNECTS = ("host", "port", "db", "username", "password", "socket_timeout", "socket_connect_timeout")


def place_of(service: object, *, splits: bool = True) -> Place:
    """Return where calls work that are given this database, vhost or space, this place, or a tuple of these.

    `splits`: a statement that commits by itself is two steps. Raises BrokenLab for anything else.
    """
    # Late: each lab waits only for the libraries of its own servers.
    if isinstance(service, Place):
        return service
    if isinstance(service, tuple):
        from harness.explorers.crashes.several import SeveralPlaces

        return SeveralPlaces([place_of(one, splits=splits) for one in service])
    if isinstance(service, PostgresDatabase):
        return PostgresPlace(service.conninfo, control=service.control_conninfo, splits=splits)
    if isinstance(service, RabbitVhost):
        from harness.explorers.crashes.rabbit import RabbitPlace

        return RabbitPlace(service.url)
    if isinstance(service, KafkaSpace):
        from harness.explorers.crashes.kafka import KafkaPlace

        return KafkaPlace(service.client_settings(), service.prefix)
    if isinstance(service, RedisDatabase):
        from harness.explorers.interleavings.redis import RedisPlace

        options = service.client().connection_pool.connection_kwargs
        return RedisPlace(**{name: options[name] for name in _HOW_REDIS_CONNECTS if name in options})
    raise BrokenLab(f"an answer is called with {service!r:.80} where a database, a vhost or a space should stand first")
