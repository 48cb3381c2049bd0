"""SERIALIZABLE watches even the rows that a query did not find."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def book_room(connection, room_id, guest, arrives, leaves):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    for _ in range(10):
        try:
            with connection.transaction():
                taken = connection.execute(
                    "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves",
                    (room_id, leaves, arrives),
                ).fetchone()
                if taken is not None:
                    return False
                connection.execute(
                    "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
                    (room_id, guest, arrives, leaves),
                )
                return True
        except SerializationFailure:
            continue
    raise RuntimeError("the room is too busy")
