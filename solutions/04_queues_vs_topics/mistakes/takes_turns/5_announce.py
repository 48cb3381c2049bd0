# Belief: Messages are spread best if the partitions take turns.
# Caught by: test_announce_keeps_each_parcel_in_order
# Hint: A parcel's events are in three partitions then, with three readers. Who sees their order?


def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"enable.idempotence": True})
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        # The key decides about the partition: one parcel, one partition, one order.
        producer.produce(
            topic, partition=number % 3, key=parcel.encode(), value=event.encode(), on_delivery=on_delivery
        )
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused)]
