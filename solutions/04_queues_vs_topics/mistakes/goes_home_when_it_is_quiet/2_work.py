# Belief: When nothing has come for a while, the work is done.
# Caught by: test_work_prints_what_waits
# Hint: inactivity_timeout gives you None, so that you can look at something else meanwhile. What has to come after that?


def work(channel, connection, queue):
    channel.basic_qos(prefetch_count=1)
    for method, _, body in channel.consume(queue, inactivity_timeout=0.5):
        if method is None:
            break
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        connection.commit()
        channel.basic_ack(method.delivery_tag)
    channel.cancel()
