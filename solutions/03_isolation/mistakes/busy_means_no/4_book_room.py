# Belief: If somebody is just booking this room, it's taken.
# Caught by: test_book_room_books_one_stay_after_another
# Hint: They may be booking other nights. Wait until they are done, and look.
# Breaks: 18 of 20 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        ((alone,),) = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (room_id,)).fetchall()
        if not alone:
            return False
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
