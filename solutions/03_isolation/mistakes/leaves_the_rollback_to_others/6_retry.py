# Belief: An error ends the transaction by itself.
# Caught by: test_retry_rolls_back_before_an_error_goes_up[of the work]
# Hint: Your ValueError never was on the server. What does the server still hold for you?
# Breaks: all 6 orders

from psycopg.errors import DeadlockDetected, SerializationFailure


def retry(connection, work, attempts):
    for attempt in range(1, attempts + 1):
        try:
            value = work(connection)
            connection.commit()
        except (SerializationFailure, DeadlockDetected):
            connection.rollback()
            if attempt == attempts:
                raise
        else:
            return value
