# Belief: A worker gets its next message when it is done with the last.
# Caught by: test_work_holds_one_parcel_at_a_time
# Hint: A consumer without a limit is sent everything that waits. What limits the number of messages that it hasn't acknowledged?


def work(channel, connection, queue):
    def print_label(channel, method, properties, body):
        connection.execute("INSERT INTO label (parcel) VALUES (%s)", (body.decode(),))
        connection.commit()
        # Only now may RabbitMQ forget it.
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(queue, print_label)
    channel.start_consuming()
