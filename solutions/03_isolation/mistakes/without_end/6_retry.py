# Belief: It works sooner or later, so I try until it does.
# Caught by: test_retry_gives_up[1]
# Hint: Under load two transactions can push each other out for a long time, and the caller waits. Who counts the attempts?
from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    while True:
        try:
            with connection.transaction():
                return work(connection)
        except (SerializationFailure, DeadlockDetected):
            continue
