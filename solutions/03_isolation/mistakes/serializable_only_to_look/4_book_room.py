# Belief: The check is what has to be serializable; once it's done, I can commit it and book.
# Caught by: test_book_room_books_no_night_twice
# Hint: SERIALIZABLE watches over one transaction, and what you have read in an earlier one is a memory. Which statements belong together?
# Breaks: 68 of 70 orders
from psycopg import IsolationLevel


def book_room(connection, room_id, guest, arrives, leaves):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    taken = connection.execute(
        "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves", (room_id, leaves, arrives)
    ).fetchone()
    connection.commit()
    if taken is not None:
        return False
    connection.execute(
        "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
        (room_id, guest, arrives, leaves),
    )
    connection.commit()
    return True
