# Belief: Before I declare a queue I remove the old one, so that the properties are right.
# Caught by: test_hand_in_can_be_called_again
# Hint: Declaring a queue that is there changes nothing, if its properties are the same. What is in the old one when you remove it?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_delete(queue)
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
    return refused
