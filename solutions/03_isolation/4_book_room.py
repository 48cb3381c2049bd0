"""A free room has no booking to lock, but it's a row itself: whoever books it holds that row, and looks after the wait."""


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
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
