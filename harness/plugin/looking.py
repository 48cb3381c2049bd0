"""What anybody else sees of the servers on which programs work, looked at while a run is replayed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, closing
from typing import Any, Self

from harness.errors import ServiceUnavailable
from harness.plugin.exploring import tables_of
from harness.report.replayed import Record
from harness.services import Database
from harness.services.kafka.space import KafkaSpace
from harness.services.rabbitmq.vhost import Vhost

_PATIENCE = 60.0  # seconds for a server to give what it has; it takes milliseconds where nothing else goes on


class Looks:
    """Databases, vhosts and spaces of Kafka's, over connections of its own. A context manager: it closes them."""

    def __init__(self, services: Iterable[object]) -> None:
        known = list(dict.fromkeys(services))
        self._databases = [one for one in known if isinstance(one, Database)]
        self._vhosts = [one for one in known if isinstance(one, Vhost)]
        self._spaces = [one for one in known if isinstance(one, KafkaSpace)]
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        """Open the connections."""
        self._connections = [self._opened.enter_context(closing(one.connect())) for one in self._databases]
        self._channels = [self._opened.enter_context(closing(one.connect())).channel() for one in self._vhosts]
        self._readers = [self._opened.enter_context(closing(TopicReader(one))) for one in self._spaces]
        return self

    def __exit__(self, *error: object) -> None:
        """Close them."""
        self._opened.close()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of every table, as committed."""
        return {name: rows for one in self._connections for name, rows in tables_of(one).items()}

    def queues(self) -> dict[str, int]:
        """Return how many messages are ready in every queue."""
        return {
            name: channel.queue_declare(name, passive=True).method.message_count
            for vhost, channel in zip(self._vhosts, self._channels, strict=True)
            for name in sorted(queue["name"] for queue in vhost.management.queues())
        }

    def topics(self) -> dict[str, list[Record]]:
        """Return the messages of every topic, by its plain name, in the order in which they were found."""
        return {name: records for reader in self._readers for name, records in reader.records().items()}


class TopicReader:
    """Reads all topics of a space, as far as they are committed, and remembers what it has read."""

    def __init__(self, space: KafkaSpace) -> None:
        self._space = space
        self._records: dict[str, list[Record]] = {}
        self._next: dict[tuple[str, int], int] = {}
        self._consumer = space.consumer(
            "looks",  # asked for by the library; nobody joins it
            enable_auto_commit=False,
            isolation_level="read_committed",
            enable_partition_eof=True,
            fetch_wait_max_ms=10,
        )

    def records(self) -> dict[str, list[Record]]:
        """Return what is there now. Raises ServiceUnavailable where the server doesn't give it."""
        from confluent_kafka import KafkaError, TopicPartition  # late: 0.1 s

        topics = self._consumer.list_topics(timeout=_PATIENCE).topics
        waiting = {
            (name, partition): self._next.get((name, partition), 0)
            for name, topic in topics.items()
            if name.startswith(self._space.prefix)
            for partition in topic.partitions
        }
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in waiting.items()])
        found: list[tuple[str, Record]] = []
        while waiting:
            message: Any = self._consumer.poll(_PATIENCE)
            if message is None:
                raise ServiceUnavailable(f"Kafka gives no messages in {_PATIENCE:g} seconds", "run it again")
            place = (message.topic(), message.partition())
            if message.error() is None:
                self._next[place] = message.offset() + 1
                found.append((place[0], Record(place[1], message.offset(), message.key(), message.value())))
            elif message.error().code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's name for it
                waiting.pop(place, None)
        for name, record in sorted(found, key=lambda one: (one[0], one[1].partition, one[1].offset)):
            self._records.setdefault(self._space.plain(name), []).append(record)
        return self._records

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()
