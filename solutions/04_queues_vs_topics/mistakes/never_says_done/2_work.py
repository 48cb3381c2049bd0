# Belief: Once a message was delivered, it has left the queue.
# Caught by: test_work_prints_what_waits
# Hint: RabbitMQ keeps it for you until you say that it is done, and gives it to others if you go away before. Where do you say so?


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        connection.commit()

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, print_label)
    channel.start_consuming()
