# Belief: exclusive means that nobody else can break my queue.
# Caught by: test_hand_in_leaves_the_queue_to_others
# Hint: An exclusive queue belongs to its connection: nobody else reads it, and it goes when the connection goes. Who is to read these parcels?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, exclusive=True)
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
