# Belief: A deadlock is a bug in the work, and only a serialization failure is worth another attempt.
# Caught by: test_retry_tries_again[40P01]
# Hint: Whom does PostgreSQL end in a deadlock, and could the very same work go well a moment later?

from psycopg.errors import SerializationFailure


def retry(connection, work, attempts):
    while True:
        attempts -= 1
        try:
            with connection.transaction():
                return work(connection)
        except SerializationFailure:
            if attempts == 0:
                raise
