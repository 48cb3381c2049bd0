# Belief: The function calls itself again, and so returns what the next attempt returns.
# Caught by: test_retry_tries_again[40001]
# Hint: What does a function return whose last line is a call without `return`?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    try:
        with connection.transaction():
            return work(connection)
    except (SerializationFailure, DeadlockDetected):
        if attempts == 1:
            raise
    retry(connection, work, attempts - 1)
