# Belief: I don't change the room's row, so a shared lock on it is enough.
# Caught by: test_book_room_books_no_night_twice
# Hint: Two guests can hold it at once, and neither waits. Which lock can only one have?
# Breaks: 60 of 70 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("SELECT FROM room WHERE room_id = %s FOR SHARE", (room_id,))
        taken = connection.execute(
            "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves", (room_id, leaves, arrives)
        ).fetchone()
        if taken is not None:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
