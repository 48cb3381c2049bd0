# Belief: Rows come in the order in which they were written.
# Caught by: test_relay_goes_by_the_id
# Hint: A table has no order. What says in which order rows come?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent").fetchall()
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
