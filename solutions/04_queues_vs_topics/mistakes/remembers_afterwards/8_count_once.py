# Belief: First count, then remember: so none is forgotten.
# Caught by: test_count_once_counts_each_once
# Hint: And if you crash between the two? The message comes again, and nothing says that it has been counted.


def count_once(channel, connection, queue):
    def count(channel, method, properties, body):
        known = connection.execute("SELECT 1 FROM counted WHERE message_id = %s", (properties.message_id,)).fetchone()
        if not known:
            connection.execute(
                "INSERT INTO tally (country, parcels) VALUES (%s, 1) "
                "ON CONFLICT (country) DO UPDATE SET parcels = tally.parcels + 1",
                (body.decode(),),
            )
            connection.commit()
            connection.execute("INSERT INTO counted (message_id) VALUES (%s)", (properties.message_id,))
        connection.commit()
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, count)
    channel.start_consuming()
