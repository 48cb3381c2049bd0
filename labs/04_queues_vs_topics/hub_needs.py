"""Task 10's six needs, each built with a queue and with a topic: what becomes of the parcels then.

Every function takes "queue" or "topic" and the test's hands in RabbitMQ and Kafka, runs it there, and gives what was
observed. What the need asks for stands in EXPECTED.
"""

from confluent_kafka import TopicPartition
from hub_clients import NOON

EXPECTED = {
    "many_printers": "5 of 5 printers have a label",
    "newcomer": ["packed", "loaded", "delivered"],
    "one_jams": ["label 2"],
    "in_order": ["packed", "loaded"],
    "express": ["express", "first", "second", "third"],
    "since_noon": ["loaded", "delivered"],
}


def many_printers(choice, post, log):
    """Let five printers share ten labels."""
    labels = [[f"parcel {number}", "label"] for number in range(10)]
    if choice == "queue":
        post.declare("labels")
        post.fill("labels", *(parcel for parcel, _ in labels))
        busy = [printer for printer in range(5) if _takes_one(post, "labels")]
        return f"{len(busy)} of 5 printers have a label"
    topic = log.topic("labels")
    printers = log.share("printers", topic, members=5)
    log.write(topic, *labels)
    busy = {printer for printer, _ in log.read(printers, len(labels))}
    return f"{len(busy)} of 5 printers have a label"


def newcomer(choice, post, log):
    """Let a second department come when the first has read everything."""
    events = ["packed", "loaded", "delivered"]
    if choice == "queue":
        post.declare("events")
        post.fill("events", *events)
        post.bodies("events")
        return post.bodies("events")
    topic = log.topic(partitions=1)
    log.write(topic, *(["parcel", event] for event in events))
    for department in ("the first", "the newcomer"):
        reader = log.reader(department, topic)
        read = [event for _, (_, event) in log.read([reader], 3)]
        reader.commit(asynchronous=False)
        reader.close()
    return read


def one_jams(choice, post, log):
    """Print three labels of which the second jams, and start again: give what comes once more."""
    labels = ["label 1", "label 2", "label 3"]
    if choice == "queue":
        post.declare("labels")
        post.fill("labels", *labels)
        tags = [post.channel.basic_get("labels")[0].delivery_tag for _ in labels]
        post.channel.basic_ack(tags[0])
        post.channel.basic_ack(tags[2])
        post.channel.basic_recover(requeue=True)
        return post.bodies("labels")
    topic = log.topic("labels", partitions=1)
    log.write(topic, *(["parcel", label] for label in labels))
    printer = log.reader("printer", topic)
    log.read([printer], 3)
    # The place before the one that jams is the last that may be committed: one further, and it would never come again.
    printer.commit(offsets=[TopicPartition(topic, 0, labels.index("label 2"))], asynchronous=False)
    printer.close()
    return [label for _, (_, label) in log.read([log.reader("printer", topic)], 2)]


def in_order(choice, post, log):
    """Let two workers share two events of one parcel; whoever gets the first is slow. Give the order of the effects."""
    if choice == "queue":
        post.declare("events")
        post.fill("events", "packed", "loaded")
        slow, quick = _takes_one(post, "events"), _takes_one(post, "events")
        return [quick, slow]
    topic = log.topic()
    workers = log.share("workers", topic, members=2)
    log.write(topic, ["parcel", "packed"], ["parcel", "loaded"])
    return [event for _, (_, event) in log.read(workers, 2)]


def express(choice, post, log):
    """Bring three ordinary letters and an express one, and give the order in which they are printed."""
    ordinary = ["first", "second", "third"]
    if choice == "queue":
        post.declare("letters", x_max_priority=9)
        post.fill("letters", *ordinary)
        post.send("letters", "express", priority=9)
        return post.bodies("letters")
    topic = log.topic("letters", partitions=1)
    log.write(topic, *(["letter", each] for each in [*ordinary, "express"]))
    return [letter for _, (_, letter) in log.read([log.reader("printer", topic)], 4)]


def since_noon(choice, post, log):
    """Read three events, one before noon and two after it, and then once more what came since noon."""
    if choice == "queue":
        post.declare("events")
        post.fill("events", "packed", "loaded", "delivered")
        post.bodies("events")
        return post.bodies("events")
    topic = log.topic(partitions=1)
    events = [["parcel", event] for event in ("packed", "loaded", "delivered")]
    log.write(topic, *events, at=[NOON - 1, NOON, NOON + 1])
    reader = log.reader("statistics", topic)
    log.read([reader], 3)
    reader.seek(*reader.offsets_for_times([TopicPartition(topic, 0, NOON)], timeout=10))
    return [event for _, (_, event) in log.read([reader], 2)]


NEEDS = {need.__name__: need for need in (many_printers, newcomer, one_jams, in_order, express, since_noon)}


def _takes_one(post, queue):
    """Let one more worker, on a channel of its own, take a message and be at it: it isn't acknowledged."""
    method, _, body = post.connection.channel().basic_get(queue)
    return body.decode() if method else None
