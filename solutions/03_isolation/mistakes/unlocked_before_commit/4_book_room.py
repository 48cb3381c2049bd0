# Belief: A lock can be given back as soon as the row is inserted.
# Caught by: test_book_room_books_no_night_twice
# Hint: Between your unlock and your COMMIT somebody gets the lock, looks, and can't see your row. Which advisory lock ends with the transaction by itself?
# Breaks: 32 of 42 orders


def book_room(connection, room_id, guest, arrives, leaves):
    connection.execute("SELECT pg_advisory_lock(%s)", (room_id,))
    taken = connection.execute(
        "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves", (room_id, leaves, arrives)
    ).fetchone()
    if taken is None:
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
    connection.execute("SELECT pg_advisory_unlock(%s)", (room_id,))
    connection.commit()
    return taken is None
