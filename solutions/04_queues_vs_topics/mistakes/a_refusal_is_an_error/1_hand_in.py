# Belief: A refused message is an error like any other: it goes up.
# Caught by: test_hand_in_names_what_was_refused
# Hint: NackError is RabbitMQ's answer about one parcel. What of the parcels behind it, and who learns which one it was?

import pika


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, durable=True)
    channel.confirm_delivery()
    for parcel in parcels:
        channel.basic_publish(
            exchange="",
            routing_key=queue,
            body=parcel.encode(),
            properties=pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent),
        )
    return []
