# Task 3: subscribe


def subscribe(channel, department):
    """Give a department a queue that gets every event which concerns it, from now on.

        channel      an open channel of pika's (BlockingChannel); nothing is declared on it
        department   'dispatch', 'customs', 'claims' or 'archive'

    Events come through a topic exchange called 'hub', which you declare. The queue is called like the department.
    An event's routing key is words with dots between: what happened, the country, the kind of parcel, sometimes more:
    'packed.de.box', 'damaged.ch.letter.wet', 'lost.no'. There are new ones every week.

        dispatch   whatever was packed
        customs    whatever happens to a parcel for Switzerland (ch) or Norway (no)
        claims     whatever was lost or damaged
        archive    everything

    Return nothing. You are called for each desk of the department and each morning anew: the desks share the queue, and
    nobody gets an event twice. What happens at night, when every desk is closed and RabbitMQ is restarted, is there in
    the morning.
    """
    raise NotImplementedError
