from zlib import crc32


def announce(kafka, topic, events):
    producer = kafka.producer({"acks": "all"})
    refused = []
    for parcel, event in events:
        answers = []
        producer.produce(
            topic,
            event,
            parcel,
            partition=crc32(parcel.encode()) % 3,
            on_delivery=lambda error, message: answers.append(error),
        )
        # One by one, and each with its answer: slow, and sure.
        producer.flush()
        if answers[0]:
            refused.append((parcel, event))
    return refused
