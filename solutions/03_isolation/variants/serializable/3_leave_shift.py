"""SERIALIZABLE also watches what was read: the second of two who read each other's rows fails, and looks again."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    while True:
        try:
            with connection.transaction():
                on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
                if (doctor,) not in on_call or len(on_call) == 1:
                    return False
                connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
                return True
        except SerializationFailure:
            continue
