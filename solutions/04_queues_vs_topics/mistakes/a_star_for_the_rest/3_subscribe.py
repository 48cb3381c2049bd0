# Belief: * stands for whatever comes behind.
# Caught by: test_subscribe_gets_what_concerns_it[dispatch]
# Hint: * stands for exactly one word. How many words can follow here, and which sign stands for any number of them?

PATTERNS = {
    "dispatch": ["packed.*"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
