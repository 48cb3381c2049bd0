"""As a recursion: one attempt, and the others if it was in vain."""

from psycopg import errors


def retry(connection, work, attempts):
    try:
        value = work(connection)
        connection.commit()
    except (errors.SerializationFailure, errors.DeadlockDetected):
        connection.rollback()
        if attempts > 1:
            return retry(connection, work, attempts - 1)
        raise
    except BaseException:
        connection.rollback()
        raise
    return value
