# Belief: First the mark, then the message: so nothing is sent twice.
# Caught by: test_relay_loses_nothing
# Hint: And if you crash between the two? The row says that it was sent. Who will ever send it?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent ORDER BY id").fetchall()
    for row_id, event in rows:
        properties = pika.BasicProperties(message_id=str(row_id), delivery_mode=pika.DeliveryMode.Persistent)
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row_id,))
        connection.commit()
        try:
            channel.basic_publish("", "events", event.encode(), properties)
        except NackError:
            connection.execute("UPDATE outbox SET sent = false WHERE id = %s", (row_id,))
            connection.commit()
            break
        marked += 1
    connection.commit()
    return marked
