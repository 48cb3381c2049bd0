# Belief: When basic_publish returns, the message is in the queue.
# Caught by: test_relay_stops_where_the_broker_refuses
# Hint: Without confirms it's on its way. What of the row, if it never arrives?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent ORDER BY id").fetchall()
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
