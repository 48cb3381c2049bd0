# Belief: Every desk that subscribes needs a queue.
# Caught by: test_subscribe_lets_desks_share
# Hint: A copy goes into every queue that is bound. How many desks handle one event then?

PATTERNS = {
    "dispatch": ["packed.#"],
    "customs": ["*.ch.#", "*.no.#"],
    "claims": ["lost.#", "damaged.#"],
    "archive": ["#"],
}


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    queue = channel.queue_declare("", durable=True).method.queue
    for pattern in PATTERNS[department]:
        channel.queue_bind(queue, "hub", routing_key=pattern)
