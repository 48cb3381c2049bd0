from pika import BasicProperties
from pika.exceptions import NackError


def relay(connection, channel):
    channel.confirm_delivery()
    sent = []
    with connection.transaction():
        # Locked, so that a second relay would wait for this one.
        rows = connection.execute("SELECT id, event FROM outbox WHERE NOT sent ORDER BY id FOR UPDATE").fetchall()
        for row_id, event in rows:
            try:
                channel.basic_publish("", "events", event, BasicProperties(message_id=f"{row_id}", delivery_mode=2))
            except NackError:
                break
            sent.append(row_id)
        connection.execute("UPDATE outbox SET sent = true WHERE id = ANY(%s)", [sent])
    return len(sent)
