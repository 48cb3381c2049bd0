"""The place is written in the transaction that writes the line: not even the event in hand is written twice."""

from confluent_kafka import OFFSET_BEGINNING, TopicPartition


def follow(kafka, connection, topic, group):
    connection.execute(
        "CREATE TABLE IF NOT EXISTS place (department text, topic text, partition integer, next_offset bigint NOT NULL, "
        "PRIMARY KEY (department, topic, partition))"
    )
    connection.commit()

    def goes_to_its_places(consumer, partitions):
        with connection.transaction():
            rows = connection.execute(
                "SELECT partition, next_offset FROM place WHERE department = %s AND topic = %s", (group, topic)
            ).fetchall()
        places = dict(rows)
        numbers = [each.partition for each in partitions]
        consumer.assign([TopicPartition(topic, number, places.get(number, OFFSET_BEGINNING)) for number in numbers])

    consumer = kafka.consumer({"group.id": group, "enable.auto.commit": False})
    consumer.subscribe([topic], on_assign=goes_to_its_places)
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        with connection.transaction():
            connection.execute(
                "INSERT INTO logbook (department, parcel, event) VALUES (%s, %s, %s)",
                (group, message.key().decode(), message.value().decode()),
            )
            connection.execute(
                "INSERT INTO place VALUES (%s, %s, %s, %s) ON CONFLICT (department, topic, partition) "
                "DO UPDATE SET next_offset = EXCLUDED.next_offset",
                (group, topic, message.partition(), message.offset() + 1),
            )
