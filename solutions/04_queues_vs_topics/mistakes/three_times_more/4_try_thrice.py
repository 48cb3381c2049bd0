# Belief: A delivery limit of three gives three tries.
# Caught by: test_try_thrice_sets_aside_after_three
# Hint: The limit says how often a message may come back. How often has it been delivered before it came back for the first time?

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
            "x-delivery-limit": 3,
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
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
