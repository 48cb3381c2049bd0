# Belief: What fails goes back into the queue; sooner or later it will go well.
# Caught by: test_try_thrice_sets_aside_after_three
# Hint: A parcel that can't be printed comes round for ever. Who counts, and where does it go in the end?

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
            channel.basic_nack(method.delivery_tag, requeue=True)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
