# Belief: Who has tried often enough returns None.
# Caught by: test_retry_gives_up[1]
# Hint: How does the caller tell this None from that of work which returns nothing?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for _ in range(attempts):
        try:
            with connection.transaction():
                return work(connection)
        except (SerializationFailure, DeadlockDetected):
            pass
    return None
