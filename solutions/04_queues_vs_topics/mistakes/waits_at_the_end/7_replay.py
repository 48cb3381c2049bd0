# Belief: There is always one more message.
# Caught by: test_replay_of_what_has_not_happened
# Hint: offsets_for_times answers with a negative offset where nothing is so late. What are you waiting for there?

from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    since_ms = round(since.timestamp() * 1000)
    # Never joined: with assign nobody else's partitions move, and nothing is committed.
    consumer = kafka.consumer({"group.id": "replay", "enable.auto.commit": False})
    numbers = consumer.list_topics(topic).topics[topic].partitions
    ends, starts = {}, []
    for start in consumer.offsets_for_times([TopicPartition(topic, number, since_ms) for number in numbers]):
        _, end = consumer.get_watermark_offsets(start)
        # Where nothing is so late, the offset is negative.
        ends[start.partition] = end
        starts.append(start)
    consumer.assign(starts)
    events = []
    while ends:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        if message.offset() < ends.get(message.partition(), 0) and message.timestamp()[1] >= since_ms:
            events.append([message.key().decode(), message.value().decode()])
        if message.offset() + 1 >= ends.get(message.partition(), 0):
            ends.pop(message.partition(), None)
    return events
