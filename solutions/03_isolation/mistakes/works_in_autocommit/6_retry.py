# Belief: Autocommit saves me the COMMIT.
# Caught by: test_retry_lets_errors_of_python_go_up
# Hint: The work has two statements, and the second fails. Which transaction was the first in?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    connection.autocommit = True
    for attempt in range(1, attempts + 1):
        try:
            return work(connection)
        except (SerializationFailure, DeadlockDetected):
            if attempt == attempts:
                raise
