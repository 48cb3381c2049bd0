# Belief: An outbox is a list of what there is to say.
# Caught by: test_relay_sends_each_row
# Hint: The second call says everything again. Which rows are still to be sent?

import pika
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    marked = 0
    rows = connection.execute("SELECT id, event FROM outbox ORDER BY id").fetchall()
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
