# Belief: A message that is refused stays in the outbox and is sent next time; the others can go meanwhile.
# Caught by: test_relay_lets_nothing_overtake_what_was_refused
# Hint: Meanwhile means before it. What becomes of the order when the queue has room again for the one behind?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent ORDER BY id").fetchall()
    for row_id, event in rows:
        properties = pika.BasicProperties(message_id=str(row_id), delivery_mode=pika.DeliveryMode.Persistent)
        try:
            channel.basic_publish("", "events", event.encode(), properties)
        except NackError:
            continue
        connection.execute("UPDATE outbox SET sent = true WHERE id = %s", (row_id,))
        connection.commit()
        marked += 1
    connection.commit()
    return marked
