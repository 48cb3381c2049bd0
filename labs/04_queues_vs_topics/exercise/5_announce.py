# Task 5: announce


def announce(kafka, topic, events):
    """Announce events on a topic.

        kafka    makes clients of confluent_kafka that know the server: kafka.producer({..}), kafka.consumer({..}), each
                 with whatever settings of the library's you like
        topic    the topic's name; it is there, with three partitions
        events   a list of pairs [parcel, event], both texts, in the order in which they happened

    Each event becomes one message; its key is the parcel, its value the event, both in UTF-8.

    - Whoever reads the topic sees the events of each parcel in their order, also when several readers share the work.
    - The work can be shared: parcels spread over the partitions.

    Return the list of those events that Kafka has refused, as pairs, in their order; mostly it is empty. It refuses
    what is too large. All others are in the topic when you return.
    """
    raise NotImplementedError
