# Belief: auto_ack saves a round trip, and the message has arrived, after all.
# Caught by: test_work_leaves_what_it_cannot_print
# Hint: With auto_ack RabbitMQ forgets a message as soon as it has sent it, and it sends all there are. What is left of them when you fail at the first?


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        connection.commit()

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label, auto_ack=True)
    channel.start_consuming()
