# Belief: The row says that it was sent, so it's safe.
# Caught by: test_relay_sends_persistent_messages
# Hint: The row is safe. Where is the message, if RabbitMQ restarts before somebody has read it?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent ORDER BY id").fetchall()
    for row_id, event in rows:
        properties = pika.BasicProperties(message_id=str(row_id))
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
