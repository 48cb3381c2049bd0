PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
