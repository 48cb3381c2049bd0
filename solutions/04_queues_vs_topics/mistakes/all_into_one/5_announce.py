# Belief: In one partition everything is in order.
# Caught by: test_announce_spreads_the_work
# Hint: It is. And how many members of a group can read one partition?


def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"enable.idempotence": True})
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        # The key decides about the partition: one parcel, one partition, one order.
        producer.produce(topic, partition=0, key=parcel.encode(), value=event.encode(), on_delivery=on_delivery)
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused)]
