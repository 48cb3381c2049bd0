# Belief: After flush() everything has been taken.
# Caught by: test_announce_names_what_was_refused
# Hint: After flush() every message has an answer. Who reads the answers?


def announce(kafka, topic, events):
    producer = kafka.producer({"enable.idempotence": True})
    for parcel, event in events:
        producer.produce(topic, key=parcel.encode(), value=event.encode())
    producer.flush()
    return []
