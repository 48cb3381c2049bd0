# Belief: First the old message away, then the new one in: so that there are never two.
# Caught by: test_try_thrice_loses_nothing
# Hint: Between the two there is none. Which is worse, two or none?

import pika
import psycopg


def try_thrice(channel, connection, queue):
    dead = f"{queue}.dead"
    channel.queue_declare(dead, durable=True)
    channel.queue_declare(queue, durable=True)
    channel.confirm_delivery()

    def print_label(channel, method, properties, body):
        try:
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            connection.rollback()
            # The count travels with the message: a copy of it takes its place.
            failures = (properties.headers or {}).get("failures", 0) + 1
            copy = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent, headers={"failures": failures})
            channel.basic_ack(method.delivery_tag)
            channel.basic_publish("", dead if failures == 3 else queue, body, copy)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
