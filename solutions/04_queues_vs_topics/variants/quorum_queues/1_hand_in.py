import pika
from pika.exceptions import NackError, UnroutableError


def hand_in(channel, queue, parcels):
    # A quorum queue writes every message to disk, whatever its delivery mode.
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()

    def is_taken(parcel):
        try:
            channel.basic_publish("", queue, parcel.encode(), mandatory=True)
        except (NackError, UnroutableError):
            return False
        return True

    return [parcel for parcel in parcels if not is_taken(parcel)]
