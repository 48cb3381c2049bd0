# Belief: A set of the ids that were counted is enough.
# Caught by: test_count_once_remembers_after_a_restart
# Hint: A set lives as long as its process. What does the next one know?


def count_once(channel, connection, queue):
    counted = set()

    def count(channel, method, properties, body):
        first_time = properties.message_id not in counted
        counted.add(properties.message_id)
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
