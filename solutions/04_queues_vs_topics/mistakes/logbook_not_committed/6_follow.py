# Belief: The offset is committed, so the work is.
# Caught by: test_follow_begins_at_the_beginning
# Hint: There are two commits in two systems. Which one is missing?


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
        connection.execute(
            "INSERT INTO logbook (department, parcel, event) VALUES (%s, %s, %s)",
            (group, message.key().decode(), message.value().decode()),
        )
        # The place that is committed is the one behind this message.
        consumer.commit(message=message, asynchronous=False)
