"""Each event in a transaction of its own: readers see it once that is committed, and an aborted one never."""

import uuid


def announce(kafka, topic, events):
    refused = []
    producer = kafka.producer({"transactional.id": str(uuid.uuid4())})
    producer.init_transactions()
    for parcel, event in events:
        errors = []
        producer.begin_transaction()
        producer.produce(
            topic,
            key=parcel.encode(),
            value=event.encode(),
            on_delivery=lambda error, message, errors=errors: errors.append(error),
        )
        producer.flush()
        if errors[0] is None:
            producer.commit_transaction()
        else:
            producer.abort_transaction()
            refused.append([parcel, event])
    return refused
