# Belief: A group's name must be unique.
# Caught by: test_follow_goes_on_after_a_break
# Hint: A group's place is kept under its name. What does a group find that has never been there?

from uuid import uuid4


def follow(kafka, connection, topic, group):
    consumer = kafka.consumer(
        {
            "group.id": f"{group}-{uuid4()}",
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
