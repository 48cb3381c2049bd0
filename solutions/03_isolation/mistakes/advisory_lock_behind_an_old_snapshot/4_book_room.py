# Belief: With a lock of my own the isolation level doesn't matter; a higher one can't hurt.
# Caught by: test_book_room_books_no_night_twice
# Hint: On REPEATABLE READ the snapshot is taken by the first statement, the one that waits for the lock. What does the second one see?
# Breaks: 6 of 8 orders
from psycopg import IsolationLevel


def book_room(connection, room_id, guest, arrives, leaves):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (room_id,))
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
