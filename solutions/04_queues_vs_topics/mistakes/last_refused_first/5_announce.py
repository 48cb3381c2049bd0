# Belief: The answers come in whatever order, and so may the list of them.
# Caught by: test_announce_names_what_was_refused
# Hint: The answers come one at a time. Whoever repairs a parcel's history needs the earlier event first: what says which is earlier?
def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"enable.idempotence": True})
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        # The key decides about the partition: one parcel, one partition, one order.
        producer.produce(topic, key=parcel.encode(), value=event.encode(), on_delivery=on_delivery)
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused, reverse=True)]
