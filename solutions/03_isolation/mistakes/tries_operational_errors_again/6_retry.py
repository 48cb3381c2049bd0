# Belief: psycopg calls what is worth another attempt OperationalError.
# Caught by: test_retry_lets_other_errors_go_up[55P03]
# Hint: SerializationFailure is an OperationalError. Which others are, and what do they mean?

import psycopg


def retry(connection, work, attempts):
    while True:
        attempts -= 1
        try:
            with connection.transaction():
                return work(connection)
        except psycopg.OperationalError:
            if attempts == 0:
                raise
