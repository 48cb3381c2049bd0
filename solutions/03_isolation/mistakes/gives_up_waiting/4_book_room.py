# Belief: Who can't have the room within 50 ms needn't wait any longer: somebody else is getting it.
# Caught by: test_book_room_books_one_stay_after_another
# Hint: How long somebody holds the room says nothing about your nights, and they may yet roll back. What could you do after a time-out, other than refuse?
# Breaks: 6 of 14 orders
from psycopg.errors import LockNotAvailable


def book_room(connection, room_id, guest, arrives, leaves):
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '50ms'")
            connection.execute("SELECT FROM room WHERE room_id = %s FOR UPDATE", (room_id,))
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
    except LockNotAvailable:
        return False
