def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        connection.commit()
        # Only now may RabbitMQ forget it.
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
