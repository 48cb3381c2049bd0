# Belief: The mark 'redelivered' tells that a message has failed before.
# Caught by: test_try_thrice_forgives_two_failures
# Hint: The mark is there from the second time on. Can it tell the second from the third?

import pika
import psycopg


def try_thrice(channel, connection, queue):
    dead = f"{queue}.dead"
    channel.queue_declare(dead, durable=True)
    channel.queue_declare(queue, durable=True)

    def print_label(channel, method, properties, body):
        try:
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            # If the connection is lost this fails, too: no parcel's fault, so it goes up.
            connection.rollback()
            if method.redelivered:
                channel.basic_publish("", dead, body, pika.BasicProperties(delivery_mode=2))
                channel.basic_ack(method.delivery_tag)
            else:
                channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
