# Belief: A queue that nobody uses any more should go away by itself.
# Caught by: test_hand_in_leaves_the_queue_to_others
# Hint: x-expires removes a queue without readers, and all parcels with it. Who says that a reader comes within the hour?

import pika
from pika.exceptions import NackError


def hand_in(channel, queue, parcels):
    channel.queue_declare(queue, durable=True, arguments={"x-expires": 60 * 60 * 1000})
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
