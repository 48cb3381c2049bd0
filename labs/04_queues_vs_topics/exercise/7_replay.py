# Task 7: replay


def replay(kafka, topic, since):
    """Read again what was announced from a moment on.

        kafka   makes clients of confluent_kafka, as in task 5
        topic   the topic's name
        since   the moment, an aware datetime

    Return the list of events whose timestamp is `since` or later, as pairs [parcel, event]: message key and value, both
    UTF-8. Those of one parcel stand in the order in which they are in the topic; parcels may stand in any order.

    What is in the topic when you begin is read, all of it, and nothing is waited for. Clocks differ: a message may have
    an earlier timestamp than the one before it.

    Every department goes on where it was: you read along, and move nobody's place. A client with a group.id must be
    given one; "replay" is nobody's.
    """
    raise NotImplementedError
