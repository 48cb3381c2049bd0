"""One test's part of a RabbitMQ: a vhost of its own, with a user of its own."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq.management import Management

if TYPE_CHECKING:
    from pika import BlockingConnection

# Seconds. Nothing that a test waits for may hang: not a server that has stopped to answer, not one that has run out of
# memory and blocks its publishers. The heartbeat is long enough for a person at a breakpoint: the server gives up a
# client after two of them.
_HEARTBEAT = 60
_BLOCKED = 10.0
_CONNECTING = 30.0  # it takes some milliseconds; one that is gone refuses at once


class Vhost:
    """A vhost and its user, both of one name. The user may do anything in this vhost and nothing outside it.

    As a context manager it drops itself in the end.
    """

    def __init__(self, name: str, host: str, port: int, management: Management) -> None:
        self.name = name
        self.host = host
        self.port = port
        self.user = name
        self.password = secrets.token_urlsafe(24)
        self.management = VhostManagement(name, management)
        self._api = management

    def __repr__(self) -> str:
        """Without the password."""
        return f"Vhost({self.name}, port {self.port})"

    def __enter__(self) -> Self:
        """Give the vhost."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the vhost."""
        self.drop()

    @property
    def url(self) -> str:
        """Its address with the password in it, for every client of AMQP."""
        return f"amqp://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"

    def connect(self, *, heartbeat: int = _HEARTBEAT) -> BlockingConnection:
        """Return an open connection of pika's; the caller closes it. `heartbeat` is in seconds.

        Raises ServiceUnavailable where the server is gone or the vhost dropped.
        """
        import pika  # late: 0.1 s
        from pika.adapters.utils.connection_workflow import AMQPConnectorException  # a silent server: no AMQPError
        from pika.exceptions import AMQPError

        parameters = pika.ConnectionParameters(
            host=self.host,
            port=self.port,
            virtual_host=self.name,
            credentials=pika.PlainCredentials(self.user, self.password),
            heartbeat=heartbeat,
            blocked_connection_timeout=_BLOCKED,
            socket_timeout=_CONNECTING,
            stack_timeout=_CONNECTING,
        )
        try:
            return pika.BlockingConnection(parameters)
        except (AMQPError, AMQPConnectorException) as error:
            raise ServiceUnavailable(
                f"RabbitMQ at {self.host}:{self.port} lets nobody into the vhost {self.name}: {error!r}",
                "run it again: a dead server is replaced",
            ) from error

    def make(self) -> None:
        """Make the vhost and its user. Raises ServiceUnavailable."""
        self._api.put(f"vhosts/{self.name}", {})
        # The tag opens the management pages for this vhost, to a learner who looks around.
        self._api.put(f"users/{self.user}", {"password": self.password, "tags": "management"})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._api.put(f"permissions/{self.name}/{self.user}", dict(everything))

    def drop(self) -> None:
        """Remove the vhost with all that is in it, and its user. Who is still connected is disconnected."""
        remove(self.name, self._api)


class VhostManagement:
    """What a test asks the management API about its vhost, as plain JSON.

    What is declared shows at once; counts, consumers and connections within two seconds. For an exact count declare
    the queue passively.
    Every method raises ServiceUnavailable where the server is gone.
    """

    def __init__(self, vhost: str, management: Management) -> None:
        self._vhost = vhost
        self._api = management

    def queues(self) -> list[dict[str, Any]]:
        """Return the queues, each with `name`, `type`, `durable`, `arguments`, and how many `messages` it holds.

        Of these are `messages_ready` for a consumer, and `messages_unacknowledged` with one.
        """
        # The totals come from the queues themselves; the statistics, left out, are collected every five seconds.
        return self._list("queues", "?disable_stats=true&enable_queue_totals=true")

    def queue(self, name: str) -> dict[str, Any]:
        """Return one queue. Raises KeyError where it isn't there."""
        for queue in self.queues():
            if queue["name"] == name:
                return queue
        raise KeyError(name)

    def set_policy(self, name: str, pattern: str, definition: dict[str, object]) -> None:
        """Give the queues whose names match the pattern these properties, as {"max-length": 2}: also later ones."""
        self._api.put(f"policies/{self._vhost}/{name}", {"pattern": pattern, "definition": definition})

    def exchanges(self) -> list[dict[str, Any]]:
        """Return the exchanges, RabbitMQ's own (`amq.*` and the nameless one) among them."""
        return self._list("exchanges")

    def bindings(self) -> list[dict[str, Any]]:
        """Return the bindings, each with `source`, `destination` and `routing_key`."""
        return self._list("bindings")

    def consumers(self) -> list[dict[str, Any]]:
        """Return the consumers, each with its `queue`, `ack_required` and `prefetch_count`."""
        return self._list("consumers")

    def connections(self) -> list[dict[str, Any]]:
        """Return the clients' connections."""
        listed: list[dict[str, Any]] = self._api.get(f"vhosts/{self._vhost}/connections")
        return listed

    def _list(self, kind: str, options: str = "") -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self._api.get(f"{kind}/{self._vhost}{options}")
        return listed


def remove(name: str, management: Management) -> None:
    """Remove a vhost and its user, where they are there."""
    management.delete(f"vhosts/{name}")
    management.delete(f"users/{name}")
