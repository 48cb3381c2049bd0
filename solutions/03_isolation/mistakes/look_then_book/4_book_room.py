# Belief: I look and book in one transaction, so the room is still free when I book it.
# Caught by: test_book_room_books_no_night_twice
# Hint: Both look before either has booked, and an INSERT waits for nobody. Which row exists already that both could lock?
# Breaks: 18 of 20 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
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
