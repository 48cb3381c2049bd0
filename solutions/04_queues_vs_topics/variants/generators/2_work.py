def work(channel, connection, queue):
    channel.basic_qos(prefetch_count=1)
    for method, _properties, body in channel.consume(queue):
        with connection.transaction():
            connection.execute("INSERT INTO label (parcel) VALUES (%s)", [body.decode()])
        channel.basic_ack(method.delivery_tag)
