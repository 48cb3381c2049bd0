# Belief: All programs of the hub are one group of consumers.
# Caught by: test_follow_lets_a_second_department_read_everything
# Hint: Members of a group share the topic: each event goes to one of them. What do two departments have to be, so that each gets all?


def follow(kafka, connection, topic, group):
    consumer = kafka.consumer(
        {
            "group.id": topic + "-readers",
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
        # The place that is committed is the one behind this message.
        consumer.commit(message=message, asynchronous=False)
