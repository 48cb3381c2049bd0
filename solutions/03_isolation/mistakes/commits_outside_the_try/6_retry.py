# Belief: Once all statements have gone well, COMMIT goes well too.
# Caught by: test_retry_tries_again_after_a_failed_commit
# Hint: Under SERIALIZABLE the server may find out only at the end. Is your COMMIT inside what is tried?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            value = work(connection)
        except (SerializationFailure, DeadlockDetected):
            connection.rollback()
            if attempt == attempts:
                raise
        except BaseException:
            connection.rollback()
            raise
        else:
            break
    connection.commit()
    return value
