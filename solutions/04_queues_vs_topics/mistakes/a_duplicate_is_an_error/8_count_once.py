# Belief: The primary key keeps the second one out.
# Caught by: test_count_once_knows_a_message_again
# Hint: It does, by an error. Who catches it, who acknowledges the message, and what does the next start find in the queue?


def count_once(channel, connection, queue):
    def count(channel, method, properties, body):
        first_time = connection.execute(
            "INSERT INTO counted (message_id) VALUES (%s)", (properties.message_id,)
        ).rowcount
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
