from psycopg import Error

MORE_TRIES = 2


def try_thrice(channel, connection, queue):
    channel.exchange_declare(f"{queue}.dead", "fanout", durable=True)
    channel.queue_declare(f"{queue}.dead", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(f"{queue}.dead", f"{queue}.dead")
    limits = {"x-queue-type": "quorum", "x-dead-letter-exchange": f"{queue}.dead"}
    channel.queue_declare(queue, durable=True, arguments=limits)
    channel.basic_qos(prefetch_count=1)
    for method, properties, body in channel.consume(queue):
        try:
            with connection.transaction():
                connection.execute("INSERT INTO label (parcel) VALUES (%s)", [body.decode()])
        except Error:
            if connection.closed:
                raise
            # RabbitMQ counts how often it has been given back before.
            again = (properties.headers or {}).get("x-delivery-count", 0) < MORE_TRIES
            channel.basic_reject(method.delivery_tag, requeue=again)
        else:
            channel.basic_ack(method.delivery_tag)
