# Belief: Two bookings get in each other's way if they begin on the same day, so I lock room and day.
# Caught by: test_book_room_books_no_night_twice
# Hint: They also do if the one begins in the middle of the other: then they lock different things. What do all bookings of the room have in common?
# Breaks: 60 of 70 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (room_id, arrives.toordinal()))
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
