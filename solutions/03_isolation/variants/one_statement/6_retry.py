"""What may be tried again is told by its SQLSTATE, wherever it comes from; all else passes through."""

import psycopg


def retry(connection, work, attempts):
    attempt = 0
    while True:
        attempt += 1
        try:
            with connection.transaction():
                value = work(connection)
        except psycopg.errors.Error as error:
            if error.sqlstate in ("40001", "40P01") and attempt < attempts:
                continue
            raise
        return value
