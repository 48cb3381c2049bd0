# Belief: finally is the place for what must happen at the end, and a transaction must be ended.
# Caught by: test_retry_lets_errors_of_python_go_up
# Hint: Ended, but how? An error that the server knows nothing of leaves half of the work behind, and your COMMIT keeps it.
from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            return work(connection)
        except (SerializationFailure, DeadlockDetected):
            connection.rollback()
            if attempt == attempts:
                raise
        finally:
            connection.commit()
