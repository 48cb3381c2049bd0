# Belief: One statement that looks and inserts can't be interrupted.
# Caught by: test_book_room_books_no_night_twice
# Hint: NOT EXISTS looks at what is committed. The other INSERT may be done and not committed, also in autocommit, where a statement and its commit are two moments. What would make yours wait?
# Breaks: 4 of 6 orders


def book_room(connection, room_id, guest, arrives, leaves):
    connection.autocommit = True
    inserted = connection.execute(
        """
        INSERT INTO booking (room_id, guest, arrives, leaves)
        SELECT %(room)s, %(guest)s, %(arrives)s, %(leaves)s
        WHERE NOT EXISTS (
            SELECT FROM booking WHERE room_id = %(room)s AND arrives < %(leaves)s AND %(arrives)s < leaves
        )
        """,
        {"room": room_id, "guest": guest, "arrives": arrives, "leaves": leaves},
    )
    return inserted.rowcount == 1
