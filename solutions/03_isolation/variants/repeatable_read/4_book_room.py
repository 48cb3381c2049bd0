"""A change of the room's row that changes nothing makes two bookings conflict: the conflict is materialized."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def book_room(connection, room_id, guest, arrives, leaves):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        try:
            with connection.transaction():
                connection.execute("UPDATE room SET name = name WHERE room_id = %s", (room_id,))
                ((taken,),) = connection.execute(
                    "SELECT count(*) FROM booking WHERE room_id = %s AND arrives < %s AND leaves > %s",
                    (room_id, leaves, arrives),
                ).fetchall()
                if taken:
                    return False
                connection.execute(
                    "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
                    (room_id, guest, arrives, leaves),
                )
                return True
        except SerializationFailure:
            continue
