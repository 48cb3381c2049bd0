# Belief: After the error the work can simply be called again.
# Caught by: test_retry_tries_again[40001]
# Hint: A transaction that has failed refuses every statement (25P02) until a certain one. Which?

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            value = work(connection)
            connection.commit()
        except (SerializationFailure, DeadlockDetected):
            if attempt == attempts:
                connection.rollback()
                raise
        except BaseException:
            connection.rollback()
            raise
        else:
            return value
