# Belief: A fanout exchange gives every department its copy; they can pick what they need.
# Caught by: test_subscribe_gets_what_concerns_it[dispatch]
# Hint: A fanout exchange doesn't look at patterns. Which kind of exchange does?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="fanout", durable=True)
    channel.queue_declare(department, durable=True)
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
