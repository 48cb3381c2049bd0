# Belief: The caller wants to know that it was tried several times.
# Caught by: test_retry_gives_up[1]
# Hint: Your caller catches SerializationFailure. What arrives, and who still knows its SQLSTATE?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for _ in range(attempts):
        try:
            with connection.transaction():
                return work(connection)
        except (SerializationFailure, DeadlockDetected) as error:
            last = error
    raise RuntimeError(f"given up after {attempts} attempts") from last
