# Belief: The order of the two commits doesn't matter: both are done at once.
# Caught by: test_follow_loses_nothing
# Hint: Between the two you can crash. What does Kafka take for read then, and what stands in the logbook?


def follow(kafka, connection, topic, group):
    consumer = kafka.consumer(
        {
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        consumer.commit(message=message, asynchronous=False)
        connection.execute(
            "INSERT INTO logbook (department, parcel, event) VALUES (%s, %s, %s)",
            (group, message.key().decode(), message.value().decode()),
        )
        connection.commit()
