# Task 8: count_once


def count_once(channel, connection, queue):
    """Count the parcels that were handed in, by country: each once, however often its message comes.

        channel      an open channel of pika's (BlockingChannel)
        connection   a psycopg connection, not in autocommit, nothing begun on it
        queue        the queue's name; it is there: don't declare it

    A message's body is the country, as 'de'. Its property message_id says which parcel it's about: two messages with
    the same message_id are the same parcel, told twice; two with different ones are two parcels.

    To count one is to add 1 to `parcels` in the country's row of `tally`; there may be no such row yet. Commit it.

    Never return: wait for more. The tests stop you when there is nothing left.

    - Every parcel is counted, and none twice: wherever you crash, whoever else crashed before, and whenever the message
      comes again.
    - The table `counted` is yours.
    """
    raise NotImplementedError
