CONCERNS = {
    "dispatch": ("packed.#",),
    "customs": ("*.ch.#", "*.no.#"),
    "claims": ("damaged.#", "lost.#"),
    "archive": ("#",),
}


def subscribe(channel, department):
    channel.exchange_declare(exchange="hub", exchange_type="topic", durable=True)
    channel.queue_declare(queue=department, durable=True, arguments={"x-queue-type": "quorum"})
    for concern in CONCERNS[department]:
        channel.queue_bind(queue=department, exchange="hub", routing_key=concern)
