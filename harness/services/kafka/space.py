"""A part of a server that belongs to one test: all topics, groups and transactional ids whose names begin alike."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self

from harness.services.kafka.settings import Setting

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Producer


_PATIENCE = 15.0  # seconds for a client to close; it takes milliseconds, and for ever where somebody uses it meanwhile
_ANSWER = 60.0  # seconds; it takes milliseconds, and longer from a broker that gets few turns on its processor


class Host(Protocol):
    """Whatever a space can be on: a server, or a cluster of them."""

    def create_topic(
        self, name: str, partitions: int, configuration: Mapping[str, str], *, replicas: int | None
    ) -> None:
        """Make a topic that clients can use at once."""

    def client_settings(self) -> dict[str, Setting]:
        """Return what a client of librdkafka needs."""

    def remove(self, space: KafkaSpace) -> None:
        """Remove the topics and groups of a space."""


class KafkaSpace:
    """Names that no other test and no other run has, until `drop()`.

    A topic must be made before it is used, as on any well-kept server: none comes into being by being mentioned.
    """

    def __init__(self, prefix: str, server: Host) -> None:
        self.prefix = prefix
        self.server = server
        self._clients: list[Consumer | Producer] = []
        self._sees_all: Consumer | None = None

    def __enter__(self) -> Self:
        """Give the space to the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop it."""
        self.drop()

    def __repr__(self) -> str:
        """Its prefix: what a failed assertion shows."""
        return f"KafkaSpace({self.prefix!r})"

    def topic(
        self,
        name: str,
        partitions: int = 1,
        configuration: Mapping[str, str] | None = None,
        *,
        replicas: int | None = None,
    ) -> str:
        """Make a topic that clients can use at once, and return its full name.

        `configuration` holds the topic's own settings, as {"cleanup.policy": "compact"}. It has one replica, and in a
        cluster one on each broker, but on three at most; or as many as are asked for. Raises KafkaException where
        the server refuses the name or a setting, and ServiceUnavailable where it is gone.
        """
        full_name = self.prefix + name
        self.server.create_topic(full_name, partitions, configuration or {}, replicas=replicas)
        return full_name

    def group(self, name: str) -> str:
        """Return the full name of a group, which its first member brings into being."""
        return self.prefix + name

    def transactional_id(self, name: str) -> str:
        """Return the full name of a transactional id, which its first producer brings into being."""
        return self.prefix + name

    def plain(self, full_name: str) -> str:
        """Return a name as the lab's author wrote it, for messages."""
        return full_name.removeprefix(self.prefix)

    def ends(self, topic: str) -> list[int]:
        """Return the offset behind all that is in each partition of a topic (its full name), in their order.

        Also behind the messages of a transaction that has not ended, and those that Kafka has not yet marked, a moment
        after it has said that it ended: a consumer that reads what is committed is told an end before them. Raises
        KafkaException.
        """
        from confluent_kafka import TopicPartition  # late: 0.1 s

        consumer = self._sees_all = self._sees_all or self.consumer("ends", isolation_level="read_uncommitted")
        partitions = consumer.list_topics(topic, timeout=_ANSWER).topics[topic].partitions
        places = [TopicPartition(topic, number) for number in sorted(partitions)]
        return [int(consumer.get_watermark_offsets(place, timeout=_ANSWER)[1]) for place in places]

    def client_settings(self) -> dict[str, Setting]:
        """Return what every client needs to reach the server; plain values, with the password among them."""
        return self.server.client_settings()

    def consumer(self, group: str, **options: Any) -> Consumer:
        """Return a consumer in a group (its plain name), from the beginning of the topics; `drop()` closes it.

        `options` are librdkafka's, with underscores for dots: `group_protocol="consumer"`.
        """
        from confluent_kafka import Consumer  # late: 0.1 s

        chosen = {"auto.offset.reset": "earliest", **_named(options)}
        if chosen.get("group.protocol", "classic") == "classic":
            # Members look after each other in tenths of a second; under the newer protocol the server says so itself.
            chosen = {"heartbeat.interval.ms": 200, "session.timeout.ms": 3000, **chosen}
        consumer = Consumer({**self.client_settings(), "group.id": self.group(group), **chosen})
        self._clients.append(consumer)
        return consumer

    def producer(self, **options: Any) -> Producer:
        """Return a producer; `options` as above, with a transactional id under its plain name. `drop()` closes it."""
        from confluent_kafka import Producer  # late: 0.1 s

        chosen = _named(options)
        if name := chosen.get("transactional.id"):
            chosen["transactional.id"] = self.transactional_id(name)
        producer = Producer({**self.client_settings(), **chosen})
        self._clients.append(producer)
        return producer

    def drop(self) -> None:
        """Close the clients that were handed out here, and remove all topics and groups of the space; once is enough.

        A group with a consumer that somebody else has left open can't be removed: it goes when its consumer has gone,
        with a later drop, with this server's `close`, or with the next run.
        """
        closing = [threading.Thread(target=_close, args=(client,), daemon=True) for client in self._clients]
        self._clients.clear()
        self._sees_all = None
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(_PATIENCE)
        self.server.remove(self)


def _named(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "."): value for name, value in options.items()}


def _close(client: Any) -> None:
    """Close a client without a last word to the server: what it hasn't sent yet is nobody's any more."""
    with contextlib.suppress(Exception):  # closed already, or its server is gone: it is let go in any case
        if hasattr(client, "purge"):
            client.purge()
        client.close()
