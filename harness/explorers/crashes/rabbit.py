"""A vhost of RabbitMQ's as a place where programs work."""

from __future__ import annotations

import contextlib
from typing import Any

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from harness.errors import ServiceUnavailable
from harness.explorers.crashes.gated_pika import GatedBroker, GatedChannel
from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.steps import Gate

# Seconds. Long enough for a person at a breakpoint: the server gives up a client after two heartbeats.
_HEARTBEAT = 60
# Seconds to connect, on a machine that is busy; and to wait for a server that has no room for a message.
_CONNECTING = 60.0
_BLOCKED = 10.0


class RabbitPlace(Place):
    """A vhost, by its address: `amqp://user:password@host:port/vhost`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def open(self) -> GatedChannel:
        """Return a channel on a connection of its own."""
        parameters = pika.URLParameters(self.url)
        parameters.heartbeat = _HEARTBEAT
        parameters.blocked_connection_timeout = _BLOCKED
        parameters.socket_timeout = parameters.stack_timeout = _CONNECTING
        try:
            return GatedBroker(parameters).channel()
        except (AMQPError, AMQPConnectorException) as error:  # the second: of a server that is silent
            raise ServiceUnavailable(f"RabbitMQ can't be reached: {error!r}", "run it again") from error

    def enter(self, handle: GatedChannel, gate: Gate | None) -> None:
        """Give the channel to an actor, or take it back."""
        handle.connection.gate = gate
        handle.connection.used = True

    def left_open(self, handle: GatedChannel) -> bool:  # noqa: ARG002 - what is not settled is nobody's transaction
        """Return False."""
        return False

    def undo(self, handle: GatedChannel) -> None:
        """Do nothing: what was not acknowledged is back in its queue when the connection is closed."""

    def renew(self, handle: GatedChannel) -> bool:
        """Return whether nobody has used it yet: a program begins on a connection of its own."""
        return not handle.connection.used

    def close(self, handle: GatedChannel) -> None:
        """Close the connection, and return when what was not acknowledged is back in its queues."""
        self.cut(handle)

    def cut(self, handle: GatedChannel) -> None:
        """End the connection, without a word on the channel."""
        handle.connection.gate = None
        with contextlib.suppress(AMQPError):
            handle.connection.lose()

    def look(self) -> Any:
        """Return a channel of the test's own."""
        return pika.BlockingConnection(pika.URLParameters(self.url)).channel()

    def watch(self) -> None:
        """Return nobody: no operation waits for a lock."""
        return
