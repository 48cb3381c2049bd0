# Belief: A new group reads a topic from its beginning.
# Caught by: test_follow_begins_at_the_beginning
# Hint: Where a group has no place, auto.offset.reset decides. What is it set to by default?


def follow(kafka, connection, topic, group):
    consumer = kafka.consumer(
        {
            "group.id": group,
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
        connection.commit()
        # The place that is committed is the one behind this message.
        consumer.commit(message=message, asynchronous=False)
