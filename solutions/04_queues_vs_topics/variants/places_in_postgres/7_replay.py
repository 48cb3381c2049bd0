"""Everything is read, one partition taken on after the other, and what is too early is left out."""

from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    consumer = kafka.consumer({"group.id": "replay", "enable.auto.commit": False})
    ends, left = {}, 0
    for number in consumer.list_topics(topic).topics[topic].partitions:
        begin, ends[number] = consumer.get_watermark_offsets(TopicPartition(topic, number))
        consumer.incremental_assign([TopicPartition(topic, number, begin)])
        left += ends[number] - begin
    found = []
    while left:
        message = consumer.poll(1)
        if message is None or message.error() or message.offset() >= ends[message.partition()]:
            continue
        left -= 1
        _, milliseconds = message.timestamp()
        if milliseconds >= since.timestamp() * 1000:
            found.append([message.key().decode(), message.value().decode()])
    return found
