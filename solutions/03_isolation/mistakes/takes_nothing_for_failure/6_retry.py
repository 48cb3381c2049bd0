# Belief: Work that went well returns something.
# Caught by: test_retry_returns_whatever_the_work_returned[False]
# Hint: The work returned False, and it was committed. What does your loop do next?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            with connection.transaction():
                value = work(connection)
            if value or attempt == attempts:
                return value
        except (SerializationFailure, DeadlockDetected):
            if attempt == attempts:
                raise
