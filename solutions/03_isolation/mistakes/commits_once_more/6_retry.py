# Belief: If COMMIT fails, COMMIT is what has to be tried again.
# Caught by: test_retry_tries_again_after_a_failed_commit
# Hint: After a COMMIT that has failed there is no transaction any more. What does the second COMMIT commit?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    value = attempted(connection, lambda: work(connection), attempts)
    attempted(connection, connection.commit, attempts)
    return value


def attempted(connection, step, attempts):
    for attempt in range(1, attempts + 1):
        try:
            return step()
        except (SerializationFailure, DeadlockDetected):
            connection.rollback()
            if attempt == attempts:
                raise
        except BaseException:
            connection.rollback()
            raise
