"""Everything from the first statement to COMMIT is tried, and tried again, because all that was read is out of date."""

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    while True:
        attempts -= 1
        try:
            with connection.transaction():
                return work(connection)
        except (SerializationFailure, DeadlockDetected):
            if attempts == 0:
                raise
