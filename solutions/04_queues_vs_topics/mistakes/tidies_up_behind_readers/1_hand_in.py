# Belief: auto_delete removes a queue when nobody needs it any more.
# Caught by: test_hand_in_leaves_the_queue_to_others
# Hint: It removes the queue when its last reader has gone, and what is in it as well. Does a queue without a reader need nothing?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, durable=True, auto_delete=True)
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
