# Belief: Two stays overlap if the first or the last night of the one lies within the other.
# Caught by: test_book_room_refuses_a_night_that_is_taken[nights around]
# Hint: What if the new stay begins before the other and ends after it? Two stays overlap if each begins before the other ends.


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute("SELECT FROM room WHERE room_id = %s FOR UPDATE", (room_id,))
        taken = connection.execute(
            """
            SELECT FROM booking
            WHERE room_id = %(room)s
              AND (arrives <= %(arrives)s AND %(arrives)s < leaves OR arrives < %(leaves)s AND %(leaves)s <= leaves)
            """,
            {"room": room_id, "arrives": arrives, "leaves": leaves},
        ).fetchone()
        if taken is not None:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
