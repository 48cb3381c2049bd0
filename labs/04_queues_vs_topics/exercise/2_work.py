# Task 2: work


def work(channel, connection, queue):
    """Print a label for every parcel in a work queue, and for every one that will come.

        channel      an open channel of pika's (BlockingChannel)
        connection   a psycopg connection, not in autocommit, nothing begun on it
        queue        the queue's name; it is there: don't declare it

    Printing is INSERT INTO label (parcel) VALUES (%s), committed; the parcel is the message's body in UTF-8.

    Never return: wait for more, as channel.start_consuming() or `for .. in channel.consume(queue)` do. The tests stop
    you when there is nothing left.

    - No parcel is lost, wherever you crash. One that you were at may be printed twice then.
    - Hold one parcel at a time: the others in the queue are for other workers.
    - If printing fails, let the error go up, and leave the parcel in the queue: someone will look into it.
    """
    raise NotImplementedError
