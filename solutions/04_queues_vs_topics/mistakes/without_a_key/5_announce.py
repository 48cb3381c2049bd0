# Belief: Messages arrive in the order in which they were sent.
# Caught by: test_announce_writes_every_event
# Hint: Without a key a message goes into whatever partition is next. Between partitions there is no order. What would bring a parcel's events together?


def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"enable.idempotence": True})
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        # The key decides about the partition: one parcel, one partition, one order.
        producer.produce(topic, value=event.encode(), on_delivery=on_delivery)
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused)]
