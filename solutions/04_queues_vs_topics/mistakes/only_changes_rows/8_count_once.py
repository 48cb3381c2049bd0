# Belief: UPDATE adds one to the country's row.
# Caught by: test_count_once_counts_by_country
# Hint: And if there is no such row? How many rows has it changed then?


def count_once(channel, connection, queue):
    def count(channel, method, properties, body):
        first_time = connection.execute(
            "INSERT INTO counted (message_id) VALUES (%s) ON CONFLICT DO NOTHING", (properties.message_id,)
        ).rowcount
        if first_time:
            connection.execute(
                "UPDATE tally SET parcels = parcels + 1 WHERE country = %s",
                (body.decode(),),
            )
        # The memory and the count are one transaction: there is never one without the other.
        connection.commit()
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, count)
    channel.start_consuming()
