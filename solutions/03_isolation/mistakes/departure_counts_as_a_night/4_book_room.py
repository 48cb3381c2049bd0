# Belief: BETWEEN arrival and departure are the nights of a booking.
# Caught by: test_book_room_books_what_is_free[the night after]
# Hint: On the day of departure the room is free for the night. Which of your comparisons must be strict?


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("SELECT FROM room WHERE room_id = %s FOR UPDATE", (room_id,))
        taken = connection.execute(
            "SELECT FROM booking WHERE room_id = %s AND arrives <= %s AND %s <= leaves", (room_id, leaves, arrives)
        ).fetchone()
        if taken is not None:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
