# Belief: When the queue is full once, there is no point in going on.
# Caught by: test_hand_in_names_what_was_refused
# Hint: What the caller doesn't find in your list, he takes for handed in. Which parcels have you said nothing about?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, durable=True)
    # From now on basic_publish returns when RabbitMQ has said that it has the message.
    channel.confirm_delivery()
    refused = []
    for parcel in parcels:
        try:
            channel.basic_publish(
                exchange="",
                routing_key=queue,
                body=parcel.encode(),
                properties=pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent),
            )
        except NackError:
            refused.append(parcel)
            break
    return refused
