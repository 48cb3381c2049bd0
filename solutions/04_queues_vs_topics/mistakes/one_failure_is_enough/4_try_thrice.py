# Belief: What has failed goes to the dead letters, and somebody looks into it.
# Caught by: test_try_thrice_forgives_two_failures
# Hint: A printer may be out of ink. How often is a parcel to be tried?

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
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
            connection.commit()
        except psycopg.Error:
            # If the connection is lost this fails, too: no parcel's fault, so it goes up.
            connection.rollback()
            channel.basic_nack(method.delivery_tag, requeue=False)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
