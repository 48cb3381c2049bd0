"""Touches on a new server what the first to do so waits seconds for, and loads the classes that clients will need.

The first group and the first transaction make the server set up topics of its own. A data folder in which both have
been, and an archive of the classes that they needed, are kept: see `prepared`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.errors import ServiceUnavailable
from harness.services.kafka import settings
from harness.services.warm import State

if TYPE_CHECKING:
    from confluent_kafka import Consumer

_NAME = "rehearsal"
_PATIENCE = 90.0  # seconds for each step; the longest takes three where nothing is wrong


def rehearse(state: State) -> None:
    """Make a topic, write to it in a transaction, read it as a group, and take all of it away again.

    Raises ServiceUnavailable where a step fails.
    """
    from confluent_kafka import Consumer, KafkaException, Producer  # late: 0.1 s
    from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]  # an oversight of theirs

    client = settings.client_settings(state)
    try:
        admin = AdminClient(client)
        admin.create_topics([NewTopic(_NAME, 1, 1)])[_NAME].result(_PATIENCE)
        producer = Producer({**client, "transactional.id": _NAME})
        producer.init_transactions(_PATIENCE)
        producer.begin_transaction()
        producer.produce(_NAME, b"value", b"key")
        producer.commit_transaction(_PATIENCE)
        for protocol in ("classic", "consumer"):
            group = f"{_NAME}-{protocol}"
            consumer = Consumer(
                {**client, "group.id": group, "group.protocol": protocol, "auto.offset.reset": "earliest"}
            )
            try:
                consumer.subscribe([_NAME])
                _read_one(consumer)
                consumer.commit(asynchronous=False)
            finally:
                consumer.close()
            admin.delete_consumer_groups([group])[group].result(_PATIENCE)
        admin.delete_topics([_NAME])[_NAME].result(_PATIENCE)
    except KafkaException as error:
        raise ServiceUnavailable(f"Kafka started and then failed at its first task: {error}", "run it again") from error


def _read_one(consumer: Consumer) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        message = consumer.poll(0.1)
        if message is not None and not message.error():
            return
    raise ServiceUnavailable("Kafka started and then gave no message back", "run it again")
