# Belief: What nobody has read within an hour is of no use to anybody, and the queue must not grow.
# Caught by: test_subscribe_keeps_what_comes_for_a_night
# Hint: x-message-ttl throws away what is older, and tells nobody. How long is a night?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_declare(department, durable=True, arguments={"x-message-ttl": 60 * 60 * 1000})
    for pattern in PATTERNS[department]:
        channel.queue_bind(department, "hub", routing_key=pattern)
