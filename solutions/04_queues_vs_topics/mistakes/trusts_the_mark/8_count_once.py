# Belief: RabbitMQ marks what it delivers a second time.
# Caught by: test_count_once_counts_what_another_has_dropped
# Hint: The mark says that somebody was sent this message before. Does it say what he did with it? And what mark has a message that its sender has sent twice?


def count_once(channel, connection, queue):
    def count(channel, method, properties, body):
        first_time = not method.redelivered
        if first_time:
            connection.execute(
                "INSERT INTO tally (country, parcels) VALUES (%s, 1) "
                "ON CONFLICT (country) DO UPDATE SET parcels = tally.parcels + 1",
                (body.decode(),),
            )
        # The memory and the count are one transaction: there is never one without the other.
        connection.commit()
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, count)
    channel.start_consuming()
