# Belief: The INSERT has gone well, so the parcel is done.
# Caught by: test_work_loses_nothing
# Hint: A label is real when it is committed. What do RabbitMQ and Postgres know of the parcel if you crash between the ack and the COMMIT?


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        channel.basic_ack(method.delivery_tag)
        connection.commit()

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
