# Belief: `attempts` is how often to try again.
# Caught by: test_retry_gives_up[1]
# Hint: How often is the work done in all if `attempts` is 1?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(attempts + 1):
        try:
            with connection.transaction():
                return work(connection)
        except (SerializationFailure, DeadlockDetected):
            if attempt == attempts:
                raise
