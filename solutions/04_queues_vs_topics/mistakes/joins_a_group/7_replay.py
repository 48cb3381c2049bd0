# Belief: To read a topic one subscribes to it.
# Caught by: test_replay_moves_nobody
# Hint: Whoever subscribes becomes a member of a group, and its place moves. Which call takes partitions without a group's leave?

from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    since_ms = round(since.timestamp() * 1000)
    consumer = kafka.consumer({"group.id": "replay", "auto.offset.reset": "earliest"})
    ends = {}
    for number in consumer.list_topics(topic).topics[topic].partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, number))
        if end:
            ends[number] = end
    consumer.subscribe([topic])
    events = []
    while ends:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        if message.timestamp()[1] >= since_ms:
            events.append([message.key().decode(), message.value().decode()])
        if message.offset() + 1 >= ends.get(message.partition(), 0):
            ends.pop(message.partition(), None)
    return events
