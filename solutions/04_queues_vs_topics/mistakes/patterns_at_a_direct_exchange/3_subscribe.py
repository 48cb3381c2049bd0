# Belief: An exchange compares routing keys with patterns.
# Caught by: test_subscribe_gets_what_concerns_it[dispatch]
# Hint: A direct exchange compares for equality. Which kind knows * and #?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="direct", durable=True)
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
