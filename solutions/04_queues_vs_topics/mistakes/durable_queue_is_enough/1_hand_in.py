# Belief: A durable queue keeps its messages.
# Caught by: test_hand_in_survives_a_restart_of_the_broker
# Hint: Durable is a property of the queue: it's there again after a restart. Which property of a message says that it has to be written to disk?

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
            )
        except NackError:
            refused.append(parcel)
    return refused
