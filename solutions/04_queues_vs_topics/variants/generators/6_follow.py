from confluent_kafka import TopicPartition


def follow(kafka, connection, topic, group):
    connection.autocommit = True
    consumer = kafka.consumer({"group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe([topic])
    try:
        while True:
            for message in consumer.consume(1, timeout=0.5):
                if message.error():
                    raise RuntimeError(message.error())
                connection.execute(
                    "INSERT INTO logbook (department, parcel, event) VALUES (%s, %s, %s)",
                    [group, message.key().decode(), message.value().decode()],
                )
                place = TopicPartition(topic, message.partition(), message.offset() + 1)
                consumer.commit(offsets=[place], asynchronous=False)
    finally:
        consumer.close()
