# Belief: What is counted already is simply passed over.
# Caught by: test_count_once_knows_a_message_again
# Hint: It's still yours in RabbitMQ's eyes. What has to be said of every message, also of one that there is nothing to do about?


def count_once(channel, connection, queue):
    def count(channel, method, properties, body):
        first_time = connection.execute(
            "INSERT INTO counted (message_id) VALUES (%s) ON CONFLICT DO NOTHING", (properties.message_id,)
        ).rowcount
        if not first_time:
            connection.rollback()
            return
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
