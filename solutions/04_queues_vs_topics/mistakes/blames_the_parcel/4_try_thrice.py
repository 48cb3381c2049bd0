# Belief: A psycopg.Error says that this parcel can't be printed.
# Caught by: test_try_thrice_loses_nothing
# Hint: A connection that is lost fails every parcel that comes. Which of them ends among the dead letters then, and whose fault was it?

import psycopg


def try_thrice(channel, connection, queue):
    dead = f"{queue}.dead"
    channel.queue_declare(dead, durable=True)
    channel.queue_declare(
        queue,
        durable=True,
        arguments={
            # A quorum queue counts how often a message was delivered, whoever the worker was.
            "x-queue-type": "quorum",
            # It may come back twice. The third time it goes to the dead letters.
            "x-delivery-limit": 2,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead,
        },
    )

    def print_label(channel, method, properties, body):
        try:
            with connection.transaction():
                connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        except psycopg.Error:
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
