"""By SQLSTATE, with BEGIN, COMMIT and ROLLBACK written out, and a pause that grows."""

import random
import time

import psycopg


def retry(connection, work, attempts):
    for attempt in range(attempts):
        try:
            connection.execute("BEGIN")
            value = work(connection)
            connection.execute("COMMIT")
            return value
        except psycopg.Error as error:
            connection.rollback()
            if error.sqlstate not in {"40001", "40P01"} or attempt == attempts - 1:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
        except BaseException:
            connection.rollback()
            raise
