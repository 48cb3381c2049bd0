# Belief: When flush() returns, Kafka has the messages, and everybody sees them.
# Caught by: test_announce_writes_every_event
# Hint: Kafka has them, and keeps them from readers as long as the transaction is open. Who ends it?

import uuid


def announce(kafka, topic, events):
    refused = {}
    producer = kafka.producer({"transactional.id": str(uuid.uuid4())})
    producer.init_transactions()
    producer.begin_transaction()
    for number, (parcel, event) in enumerate(events):

        def on_delivery(error, message, number=number):
            if error is not None:
                refused[number] = events[number]

        producer.produce(topic, key=parcel.encode(), value=event.encode(), on_delivery=on_delivery)
        producer.poll(0)
    producer.flush()
    return [refused[number] for number in sorted(refused)]
