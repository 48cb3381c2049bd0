# Belief: SHARE ROW EXCLUSIVE on the table is what phantoms call for: only one can insert at a time.
# Caught by: test_book_room_keeps_nobody_waiting_at_another_room
# Hint: One in the whole house. Which lock stands for one room?
# Breaks: 6 of 8 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("LOCK TABLE booking IN SHARE ROW EXCLUSIVE MODE")
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
