from confluent_kafka import TopicPartition


def replay(kafka, topic, since):
    consumer = kafka.consumer({"group.id": "replay", "enable.auto.commit": False})
    found = []
    for number in consumer.list_topics(topic).topics[topic].partitions:
        place, end = consumer.get_watermark_offsets(TopicPartition(topic, number))
        consumer.assign([TopicPartition(topic, number, place)])
        while place < end:
            message = consumer.poll()
            place = message.offset() + 1
            _, milliseconds = message.timestamp()
            if milliseconds / 1000 >= since.timestamp():
                found.append((message.key().decode(), message.value().decode()))
    consumer.close()
    return found
