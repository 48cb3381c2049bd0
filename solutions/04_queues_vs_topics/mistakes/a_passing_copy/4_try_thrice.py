# Belief: The queue of dead letters is durable, so they are kept.
# Caught by: test_try_thrice_keeps_dead_letters
# Hint: A copy that you publish has only the properties that you give it. Which one did the original have?

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
            copy = pika.BasicProperties(headers={"failures": failures})
            channel.basic_publish("", dead if failures == 3 else queue, body, copy)
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
