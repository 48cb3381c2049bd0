# Belief: Whatever the database refuses may work the next time.
# Caught by: test_retry_lets_other_errors_go_up[23514]
# Hint: A CHECK has said no. Which of the work's inputs will be another one the next time?

import psycopg


def retry(connection, work, attempts):
    while True:
        attempts -= 1
        try:
            with connection.transaction():
                return work(connection)
        except psycopg.Error:
            if attempts == 0:
                raise
