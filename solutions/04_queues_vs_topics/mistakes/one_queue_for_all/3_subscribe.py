# Belief: All departments read the hub's queue, and each picks what concerns it.
# Caught by: test_subscribe_gives_each_department_its_own
# Hint: A message in a queue goes to one reader, and is gone. Which departments have seen this event when one has taken it?


def subscribe(channel, department):
    channel.exchange_declare("hub", exchange_type="topic", durable=True)
    channel.queue_declare("events", durable=True)
    channel.queue_bind("events", "hub", routing_key="#")
