"""The function calls itself; what is left to try goes down by one each time."""

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    try:
        with connection.transaction():
            return work(connection)
    except (SerializationFailure, DeadlockDetected):
        if attempts == 1:
            raise
        return retry(connection, work, attempts - 1)
