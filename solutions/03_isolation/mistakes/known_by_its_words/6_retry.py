# Belief: The message says "could not serialize access" or "deadlock detected": look for that.
# Caught by: test_retry_tries_again[40001]
# Hint: Messages are for people: they differ by cause, version and language. What of an error is made for programs?
import psycopg


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            with connection.transaction():
                return work(connection)
        except psycopg.Error as error:
            again = "could not serialize" in str(error) or "deadlock detected" in str(error)
            if not again or attempt == attempts:
                raise
