"""Several brokers as one cluster of one's own: leaders that change, replicas in sync, acknowledgements that count."""
