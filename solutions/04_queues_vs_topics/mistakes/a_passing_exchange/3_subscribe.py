# Belief: If the queue is durable, everything about it is.
# Caught by: test_subscribe_survives_a_restart_of_the_broker
# Hint: After a restart the queue is there, and nothing is bound to it. What was it bound to?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic")
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
