"""One loop for the attempts that may fail, and the last one outside of it, where an error simply goes up."""

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for _ in range(attempts - 1):
        try:
            return committed(connection, work)
        except (SerializationFailure, DeadlockDetected):
            continue
    return committed(connection, work)


def committed(connection, work):
    with connection.transaction():
        return work(connection)
