"""COMMIT and ROLLBACK by hand; the SQLSTATE decides, and between two attempts there is a pause that grows."""

import random
import time

import psycopg

TRY_AGAIN = {"40001", "40P01"}


def retry(connection, work, attempts):
    pause = 0.01
    for attempt in range(1, attempts + 1):
        try:
            value = work(connection)
            connection.commit()
            return value
        except psycopg.Error as error:
            connection.rollback()
            if error.sqlstate not in TRY_AGAIN or attempt == attempts:
                raise
        except BaseException:
            connection.rollback()
            raise
        time.sleep(random.uniform(0, pause))
        pause *= 2
