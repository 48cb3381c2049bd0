"""A lock by the room's number, on READ COMMITTED, and the look in the statement after it."""


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (room_id,))
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
