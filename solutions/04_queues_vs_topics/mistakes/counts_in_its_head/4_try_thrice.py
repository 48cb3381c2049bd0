# Belief: The worker counts how often a parcel has failed.
# Caught by: test_try_thrice_loses_nothing
# Hint: A worker that crashes forgets its count, and the next begins with one. Where does the count have to stand?

from collections import Counter

import pika
import psycopg


def try_thrice(channel, connection, queue):
    dead = f"{queue}.dead"
    channel.queue_declare(dead, durable=True)
    channel.queue_declare(queue, durable=True)

    failures = Counter()
    channel.confirm_delivery()

    def print_label(channel, method, properties, body):
        try:
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            # If the connection is lost this fails, too: no parcel's fault, so it goes up.
            connection.rollback()
            failures[body] += 1
            if failures[body] == 3:
                channel.basic_publish("", dead, body, pika.BasicProperties(delivery_mode=2))
                channel.basic_ack(method.delivery_tag)
            else:
                channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
