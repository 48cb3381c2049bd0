# Belief: Every SQLSTATE that begins with 40 means: try again.
# Caught by: test_retry_lets_other_errors_go_up[40003]
# Hint: 40003 is statement_completion_unknown. What if the work was done, and you do it again?

import psycopg


def retry(connection, work, attempts):
    while True:
        attempts -= 1
        try:
            with connection.transaction():
                return work(connection)
        except psycopg.Error as error:
            if attempts == 0 or not (error.sqlstate or "").startswith("40"):
                raise
