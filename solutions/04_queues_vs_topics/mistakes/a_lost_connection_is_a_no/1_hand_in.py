# Belief: Whatever goes wrong at a publish, RabbitMQ has not taken the parcel.
# Caught by: test_hand_in_loses_nothing
# Hint: A connection that is lost is no answer: the parcel may be there, or not. Which exception says that RabbitMQ has refused it?

import pika
from pika.exceptions import AMQPError


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
        except AMQPError:
            refused.append(parcel)
    return refused
