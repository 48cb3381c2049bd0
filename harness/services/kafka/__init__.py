"""Kafka for labs: one node that is broker and controller at once, with a random password."""
