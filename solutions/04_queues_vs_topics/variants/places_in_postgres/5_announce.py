"""Compressed, and with as many messages on their way as fit into the producer's queue: what is refused is told later."""


def announce(kafka, topic, events):
    producer = kafka.producer({"compression.type": "zstd", "linger.ms": 5})
    errors = [None] * len(events)

    def delivered(number):
        def on_delivery(error, message):
            errors[number] = error

        return on_delivery

    for number, (parcel, event) in enumerate(events):
        while True:
            try:
                producer.produce(topic, event, parcel, on_delivery=delivered(number))
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush()
    return [event for event, error in zip(events, errors, strict=True) if error]
