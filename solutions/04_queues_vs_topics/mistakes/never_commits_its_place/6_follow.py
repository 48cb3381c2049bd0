# Belief: Kafka knows what a group has read.
# Caught by: test_follow_goes_on_after_a_break
# Hint: It knows what the group has committed. With enable.auto.commit false, who does that?


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
        connection.commit()
