# Belief: To read a topic one subscribes to it.
# Caught by: test_replay_moves_nobody
# Hint: Whoever subscribes becomes a member of a group, and its place moves. Which call takes partitions without a group's leave?

from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    since_ms = round(since.timestamp() * 1000)
    consumer = kafka.consumer({"group.id": "replay", "auto.offset.reset": "earliest"})
    numbers = consumer.list_topics(topic).topics[topic].partitions
    ends = {}
    for number in numbers:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, number))
        if end:
            ends[number] = end
    consumer.assign([TopicPartition(topic, number, 0) for number in ends])
    events = []
    while ends:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        if message.timestamp()[1] >= since_ms:
            events.append([message.key().decode(), message.value().decode()])
        if message.offset() + 1 >= ends.get(message.partition(), 0):
            ends.pop(message.partition(), None)
    consumer.commit(asynchronous=False)
    return events
