"""No statement waits for long, and none has to: after a time-out it begins again, until the other is gone."""

from psycopg.errors import LockNotAvailable


def book_room(connection, room_id, guest, arrives, leaves):
    while True:
        try:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '50ms'")
                connection.execute("SELECT FROM room WHERE room_id = %s FOR UPDATE", (room_id,))
                taken = connection.execute(
                    "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves LIMIT 1",
                    (room_id, leaves, arrives),
                ).fetchone()
                if taken is not None:
                    return False
                connection.execute(
                    "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
                    (room_id, guest, arrives, leaves),
                )
                return True
        except LockNotAvailable:
            continue
