# Belief: auto_delete keeps RabbitMQ tidy.
# Caught by: test_subscribe_misses_nothing_at_night
# Hint: When the last desk has closed, the queue is removed, and what concerns the department goes nowhere. Who reads it in the morning?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_declare(department, durable=True, auto_delete=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
