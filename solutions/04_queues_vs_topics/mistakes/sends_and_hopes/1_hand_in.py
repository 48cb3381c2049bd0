# Belief: When basic_publish returns, RabbitMQ has the message.
# Caught by: test_hand_in_names_what_was_refused
# Hint: Without confirms basic_publish returns when the bytes are on their way. Which mode makes the channel wait for RabbitMQ's word?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, durable=True)
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
    return refused
