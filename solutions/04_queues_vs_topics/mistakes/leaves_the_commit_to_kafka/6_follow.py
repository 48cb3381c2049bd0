# Belief: enable.auto.commit commits what I have done.
# Caught by: test_follow_loses_nothing
# Hint: It commits what poll() has handed over, when it likes: also what you haven't written down yet. How do you say yourself what is done?


def follow(kafka, connection, topic, group):
    consumer = kafka.consumer(
        {
            "group.id": group,
            "auto.offset.reset": "earliest",
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
