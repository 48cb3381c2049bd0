COUNT = """
WITH news AS (
    INSERT INTO counted (message_id) VALUES (%s) ON CONFLICT DO NOTHING RETURNING message_id
)
INSERT INTO tally (country, parcels) SELECT %s, 1 FROM news
ON CONFLICT (country) DO UPDATE SET parcels = tally.parcels + 1
"""


def count_once(channel, connection, queue):
    # One statement is one transaction.
    connection.autocommit = True
    channel.basic_qos(prefetch_count=1)
    for method, properties, body in channel.consume(queue):
        connection.execute(COUNT, [properties.message_id, body.decode()])
        channel.basic_ack(method.delivery_tag)
