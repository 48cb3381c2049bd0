# Belief: I lock the room and look for bookings in one SELECT.
# Caught by: test_book_room_books_no_night_twice
# Hint: A statement sees what was committed when it began, before it waited for the lock. Which statement begins after the wait?
# Breaks: 4 of 6 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        ((taken,),) = connection.execute(
            """
            SELECT EXISTS (SELECT FROM booking WHERE room_id = room.room_id AND arrives < %s AND %s < leaves)
            FROM room WHERE room_id = %s FOR UPDATE
            """,
            (leaves, arrives, room_id),
        ).fetchall()
        if taken:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
