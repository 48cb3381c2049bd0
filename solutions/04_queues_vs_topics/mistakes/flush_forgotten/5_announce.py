# Belief: produce() sends the message.
# Caught by: test_announce_writes_every_event
# Hint: produce() puts it into the client's own queue, from where it is sent a little later. Where are they when your program ends before?


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
    return [refused[number] for number in sorted(refused)]
