"""From what a test has of a server to the place where answers work on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from harness.errors import BrokenLab
from harness.explorers.interleavings import Place, PostgresPlace

if TYPE_CHECKING:
    from psycopg import Connection


@runtime_checkable
class PostgresDatabase(Protocol):
    """A Postgres database as a test hands it to an answer in Python."""

    @property
    def conninfo(self) -> str:
        """How the learner's role connects."""
        ...

    @property
    def control(self) -> Connection[Any]:
        """An open connection of a role that sees and ends every session."""
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
class RedisNamespace(Protocol):
    """A Redis database."""

    @property
    def options(self) -> dict[str, Any]:
        """How its own user connects, by redis-py's options: plain values."""
        ...


@runtime_checkable
class ScriptedServer(Protocol):
    """An upstream with a scripted life."""

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        ...


def place_of(service: object, *, splits: bool = True) -> Place:
    """Return where calls work that are given this service, this place, or a tuple of these.

    `splits`: a statement that commits by itself is two steps. Raises BrokenLab for anything else.
    """
    if isinstance(service, Place):
        return service
    if isinstance(service, tuple):
        from harness.explorers.crashes.several import SeveralPlaces  # late, like the others below

        return SeveralPlaces([place_of(one, splits=splits) for one in service])
    if isinstance(service, PostgresDatabase):
        return PostgresPlace(service.conninfo, control=service.control, splits=splits)
    for kind, place in _PLACES.items():
        if isinstance(service, kind):
            return place(service)
    raise BrokenLab(
        f"an answer is called with {service!r:.80} where a service should stand first, or a tuple of services"
    )


# Each imports its place when it is needed: a lab waits only for the client libraries of its own servers.


def _rabbit(vhost: RabbitVhost) -> Place:
    from harness.explorers.crashes.rabbit import RabbitPlace

    return RabbitPlace(vhost.url)


def _kafka(space: KafkaSpace) -> Place:
    from harness.explorers.crashes.kafka import KafkaPlace

    return KafkaPlace(space.client_settings(), space.prefix)


def _redis(namespace: RedisNamespace) -> Place:
    from harness.explorers.interleavings.redis import RedisPlace

    return RedisPlace(**namespace.options)


def _upstream(server: ScriptedServer) -> Place:
    from harness.explorers.upstream import WorldPlace

    return WorldPlace(*server.address)


_PLACES: dict[type, Callable[[Any], Place]] = {
    RabbitVhost: _rabbit,
    KafkaSpace: _kafka,
    RedisNamespace: _redis,
    ScriptedServer: _upstream,
}
