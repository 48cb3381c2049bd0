# Task 1: hand_in


def hand_in(channel, queue, parcels):
    """Put parcels into a work queue.

        channel   an open channel of pika's (BlockingChannel); nothing is declared on it
        queue     the queue's name; declare it, it may be there already because you have been called before
        parcels   a list of texts

    Each parcel becomes one message, its body the text in UTF-8, in the order of the list.

    Return the list of those parcels that RabbitMQ has refused, in their order; mostly it is empty. It refuses when the
    queue is full: then go on with the next one.
    For all others RabbitMQ has said that it has them when you return: from then on a restart of the broker loses none.
    If the connection is lost, nobody has refused anything: let the error go up, and you are called again.

    The queue stays when you have gone, and whoever wants to can read it.
    """
    raise NotImplementedError
