# Belief: SELECT .. FOR UPDATE locks the nights that I ask for.
# Caught by: test_book_room_books_no_night_twice
# Hint: It locks the rows that it finds. In a free room, how many does it find?
# Breaks: 18 of 20 orders


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        taken = connection.execute(
            "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves FOR UPDATE",
            (room_id, leaves, arrives),
        ).fetchone()
        if taken is not None:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
