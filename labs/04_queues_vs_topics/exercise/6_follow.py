# Task 6: follow


def follow(kafka, connection, topic, group):
    """Write every event of a topic into the department's logbook: those that are there, and those that will come.

        kafka        makes clients of confluent_kafka, as in task 5
        connection   a psycopg connection, not in autocommit, nothing begun on it
        topic        the topic's name
        group        the department; its consumer group has this name

    A line is INSERT INTO logbook (department, parcel, event) VALUES (%s, %s, %s), committed: the group, the message's
    key and its value, both UTF-8.

    Never return: wait for more, as consumer.poll does. The tests stop you when there is nothing left.

    - A department that comes for the first time reads the topic from its first event.
    - One that comes again goes on after the last event that it has written down.
    - No event is lost, wherever you crash, and those of one parcel are written in their order. The one that you were at
      may be written twice then, and no other.
    """
    raise NotImplementedError
