def work(channel, connection, queue):
    while True:
        method, _, body = channel.basic_get(queue)
        if method is None:
            channel.connection.sleep(0.1)
            continue
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", [body.decode()])
        connection.commit()
        channel.basic_ack(method.delivery_tag)
