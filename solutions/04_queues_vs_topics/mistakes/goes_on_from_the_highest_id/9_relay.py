# Belief: Whatever is new has a higher id than what was sent.
# Caught by: test_relay_finds_a_row_that_comes_late
# Hint: An id is given at INSERT, and a row appears at COMMIT. Which row appears after one with a higher id was sent?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute(
        "SELECT id, event FROM outbox WHERE id > (SELECT coalesce(max(id), 0) FROM outbox WHERE sent) ORDER BY id"
    ).fetchall()
    for row_id, event in rows:
        properties = pika.BasicProperties(message_id=str(row_id), delivery_mode=pika.DeliveryMode.Persistent)
        try:
            channel.basic_publish("", "events", event.encode(), properties)
        except NackError:
            # Whatever comes behind it has to wait: nothing overtakes.
            break
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row_id,))
        connection.commit()
        marked += 1
    connection.commit()
    return marked
