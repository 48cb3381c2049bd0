# Belief: A savepoint is enough to go back to before the work.
# Caught by: test_retry_begins_with_a_new_snapshot
# Hint: The transaction goes on, and with it its snapshot. What does the second attempt see that the first has not seen?
# Breaks: 18 of 20 orders

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    with connection.transaction():
        for attempt in range(1, attempts + 1):
            try:
                with connection.transaction():
                    return work(connection)
            except (SerializationFailure, DeadlockDetected):
                if attempt == attempts:
                    raise
