# Belief: A loop of three tries is three tries.
# Caught by: test_try_thrice_loses_nothing
# Hint: The loop is in the memory of a worker that can die in it. How many tries are left for the next one, and who would know?

import psycopg


def try_thrice(channel, connection, queue):
    dead = f"{queue}.dead"
    channel.queue_declare(dead, durable=True)
    channel.queue_declare(
        queue, durable=True, arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead}
    )
    channel.basic_qos(prefetch_count=1)
    for method, properties, body in channel.consume(queue):
        for attempt in range(3):
            try:
                connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
                connection.commit()
                channel.basic_ack(method.delivery_tag)
                break
            except psycopg.Error:
                connection.rollback()
        else:
            channel.basic_nack(method.delivery_tag, requeue=False)
