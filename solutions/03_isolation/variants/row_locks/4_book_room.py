"""FOR NO KEY UPDATE is enough to keep the others out, and lets foreign keys go on pointing at the room."""


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM room WHERE room_id = %s FOR NO KEY UPDATE", [room_id])
        cursor.execute(
            """
            INSERT INTO booking (room_id, guest, arrives, leaves)
            SELECT %(room)s, %(guest)s, %(arrives)s, %(leaves)s
            WHERE NOT EXISTS (
                SELECT FROM booking
                WHERE room_id = %(room)s AND daterange(arrives, leaves) && daterange(%(arrives)s, %(leaves)s)
            )
            """,
            {"room": room_id, "guest": guest, "arrives": arrives, "leaves": leaves},
        )
        connection.commit()
        return cursor.rowcount > 0
