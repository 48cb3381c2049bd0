# Belief: Any key will do, if every message has one.
# Caught by: test_announce_keeps_each_parcel_in_order
# Hint: What has the same key comes into the same partition, and has an order there. Whose events have to stay in order?


def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"enable.idempotence": True})
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        # The key decides about the partition: one parcel, one partition, one order.
        producer.produce(topic, key=event.encode(), value=event.encode(), on_delivery=on_delivery)
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused)]
