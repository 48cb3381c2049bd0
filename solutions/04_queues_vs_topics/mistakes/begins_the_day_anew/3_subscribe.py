# Belief: To get rid of old bindings, the queue is made anew each morning.
# Caught by: test_subscribe_misses_nothing_at_night
# Hint: What came in the night was in the queue that you remove. Does it hurt to bind what is bound already?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_delete(department)
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
