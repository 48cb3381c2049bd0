"""Locking all rows on REPEATABLE READ turns the skew into a conflict on a row: 40001, and a new snapshot."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        try:
            with connection.transaction():
                on_call = connection.execute(
                    "SELECT doctor FROM duty WHERE ward = %s AND on_call ORDER BY doctor FOR UPDATE", (ward,)
                ).fetchall()
                if (doctor,) not in on_call or len(on_call) == 1:
                    return False
                connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
                return True
        except SerializationFailure:
            continue
