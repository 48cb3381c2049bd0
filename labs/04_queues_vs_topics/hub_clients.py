"""The tests' own hands in RabbitMQ and Kafka: they fill what answers read, and read what answers have written."""

from datetime import UTC, datetime

import pika
from confluent_kafka import KafkaError, TopicPartition
from pika.exceptions import ChannelClosedByBroker

# In milliseconds since 1970, in which Kafka counts. A moment that has passed: it refuses times that are still to come.
NOON = round(datetime(2025, 6, 2, 12, tzinfo=UTC).timestamp() * 1000)

# How often a member of a group looks for something new, each time for so many seconds, before the server is blamed.
_MOST_LOOKS = 1_000
_LOOK = 0.02

PERSISTENT = pika.DeliveryMode.Persistent.value


class Post:
    """A vhost of RabbitMQ's over a connection of the test's own. What is published is in the queue when it returns."""

    def __init__(self, vhost):
        self.vhost = vhost
        self.connection = vhost.connect()
        self.channel = self._new_channel()

    def _new_channel(self):
        channel = self.connection.channel()
        channel.confirm_delivery()
        return channel

    def queues(self):
        """Give the names of the queues there are; those that RabbitMQ has made up are all alike."""
        names = (queue["name"] for queue in self.vhost.management.queues())
        return sorted("amq.gen-.." if name.startswith("amq.gen-") else name for name in names)

    def declare(self, *queues, **arguments):
        """Make durable queues; `x_max_priority=9` is an argument of theirs."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        for queue in queues:
            self.channel.queue_declare(queue, durable=True, arguments=named)

    def send(self, key, body, exchange="", **properties):
        """Publish one persistent message."""
        properties = pika.BasicProperties(delivery_mode=PERSISTENT, **properties)
        self.channel.basic_publish(exchange, key, body.encode(), properties, mandatory=not exchange)

    def fill(self, queue, *bodies):
        """Publish messages into a queue."""
        for body in bodies:
            self.send(queue, body)

    def empty(self, *queues):
        """Throw away what is in these queues."""
        for queue in queues:
            self.messages(queue)

    def fill_again(self, queue, body, **properties):
        """Publish a message that somebody takes and gives back: it's marked as redelivered."""
        self.send(queue, body, **properties)
        method, _, _ = self.channel.basic_get(queue)
        self.channel.basic_nack(method.delivery_tag, requeue=True)

    def messages(self, queue):
        """Take all messages out of a queue, in its order: pairs of properties and body. A missing one holds none."""
        taken = []
        while True:
            try:
                method, properties, body = self.channel.basic_get(queue, auto_ack=True)
            except ChannelClosedByBroker:
                self.channel = self._new_channel()
                return taken
            if method is None:
                return taken
            properties.redelivered = method.redelivered
            taken.append((properties, body.decode(errors="replace")))

    def bodies(self, queue):
        """Take all messages out of a queue, and give their bodies."""
        return [body for _, body in self.messages(queue)]


class Log:
    """A space of Kafka's through clients of the test's own."""

    def __init__(self, space):
        self.space = space
        self._writer = None

    def topic(self, name="events", partitions=3, **configuration):
        """Make a topic that keeps everything, however old, and give its full name."""
        settings = {"retention_ms": "-1", **configuration}
        return self.space.topic(name, partitions, {key.replace("_", "."): value for key, value in settings.items()})

    def write(self, topic, *events, at=()):
        """Write pairs [parcel, event]; `at` holds their timestamps, in milliseconds."""
        self._writer = self._writer or self.space.producer()
        for number, (parcel, event) in enumerate(events):
            moment = {"timestamp": at[number]} if at else {}
            self._writer.produce(topic, key=parcel, value=event, **moment)
        left = self._writer.flush(10)
        assert left == 0, f"{left} messages did not reach Kafka"

    def partitions(self, topic):
        """Give what is in each partition, from its beginning: pairs [parcel, event]."""
        return [[_pair(message) for message in messages] for messages in self._messages(topic)]

    def reader(self, group, *topics, **options):
        """Give a consumer in a group, subscribed to these topics; it commits when it is told to."""
        # A seek takes effect when the last question for more has been answered, which takes half a second by default.
        options = {"group_protocol": "consumer", "fetch_wait_max_ms": 20, **options}
        consumer = self.space.consumer(group, enable_auto_commit=False, **options)
        consumer.subscribe(list(topics))
        return consumer

    def share(self, group, topic, members):
        """Give consumers who share a topic's partitions: each that can have one has one."""
        readers = [self.reader(group, topic) for _ in range(members)]
        partitions = len(self._numbers(readers[0], topic))
        for _ in range(_MOST_LOOKS):
            for reader in readers:
                message = reader.poll(_LOOK)
                assert message is None, "nothing has been written yet"
            shares = [len(reader.assignment()) for reader in readers]
            if sum(shares) == partitions and sum(map(bool, shares)) == min(partitions, members):
                return readers
        raise AssertionError(f"the members of the group don't agree: they have {shares} partitions")

    @staticmethod
    def read(readers, count):
        """Let consumers read so many messages between them: pairs of a consumer's number and [parcel, event]."""
        read = []
        for _ in range(_MOST_LOOKS):
            for number, reader in enumerate(readers):
                message = reader.poll(_LOOK)
                if message is not None:
                    assert message.error() is None, message.error()
                    read.append((number, _pair(message)))
            if len(read) >= count:
                return read
        raise AssertionError(f"Kafka gives {read}, and there should be {count}")

    def committed(self, group, topic):
        """Give a group's place in each partition; -1001 where it has none."""
        consumer = self.space.consumer(group)
        found = consumer.committed([TopicPartition(topic, number) for number in self._numbers(consumer, topic)], 10)
        consumer.close()
        return [each.offset for each in found]

    def commit(self, group, topic, *places):
        """Move a group's place: an offset for each partition."""
        consumer = self.space.consumer(group)
        wanted = [TopicPartition(topic, number, offset) for number, offset in enumerate(places)]
        consumer.commit(offsets=wanted, asynchronous=False)
        consumer.close()

    def _messages(self, topic):
        """Read what anybody sees: of a transaction's messages none before it has ended.

        It has ended when Kafka has marked its messages, a moment after it has said so; the mark has an offset, too.
        """
        options = {"enable_auto_commit": False, "enable_partition_eof": True, "fetch_wait_max_ms": 20}
        consumer = self.space.consumer("the test", **options)
        try:
            ends = self.space.ends(topic)
            found, reached, told_of_its_end = [[] for _ in ends], [0 for _ in ends], set()
            consumer.assign([TopicPartition(topic, number, 0) for number in range(len(ends))])
            while missing := {number for number, end in enumerate(ends) if reached[number] < end}:
                message = consumer.poll(10)
                if message is None:
                    assert missing <= told_of_its_end, f"Kafka gives nothing more, and {ends} are not reached"
                    break  # what is missing belongs to a transaction that nobody has ended
                number, offset = message.partition(), message.offset()
                if message.error() is None:
                    found[number].append(message)
                    reached[number] = offset + 1
                else:
                    code = message.error().code()
                    assert code == KafkaError._PARTITION_EOF, message.error()  # noqa: SLF001 - the library's name for it
                    reached[number] = offset
                    told_of_its_end.add(number)
            return found
        finally:
            consumer.close()

    @staticmethod
    def _numbers(consumer, topic):
        return sorted(consumer.list_topics(topic, timeout=10).topics[topic].partitions)


def _pair(message):
    return [message.key().decode(errors="replace") if message.key() is not None else None, _text(message.value())]


def _text(value):
    return value.decode(errors="replace") if value is not None else None
