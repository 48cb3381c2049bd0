# Belief: A parcel that can't be printed must not stop the worker: note it, and go on.
# Caught by: test_work_leaves_what_it_cannot_print
# Hint: You acknowledge it, and RabbitMQ forgets it. Where is the parcel now?

import psycopg


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        try:
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            connection.rollback()
        # Only now may RabbitMQ forget it.
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
