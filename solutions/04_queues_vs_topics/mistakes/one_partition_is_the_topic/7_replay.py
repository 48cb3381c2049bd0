# Belief: A topic is a log, and a log has an offset for a moment.
# Caught by: test_replay_reads_from_a_moment_on[all]
# Hint: A topic is as many logs as it has partitions. Which of them have you read?

from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    since_ms = round(since.timestamp() * 1000)
    # Never joined: with assign nobody else's partitions move, and nothing is committed.
    consumer = kafka.consumer({"group.id": "replay", "enable.auto.commit": False})
    numbers = consumer.list_topics(topic).topics[topic].partitions
    ends, starts = {}, []
    for start in consumer.offsets_for_times([TopicPartition(topic, number, since_ms) for number in [0]]):
        _, end = consumer.get_watermark_offsets(start)
        # Where nothing is so late, the offset is negative.
        if 0 <= start.offset < end:
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
