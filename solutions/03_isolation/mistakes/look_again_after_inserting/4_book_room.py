# Belief: If I insert first and look for others afterwards, one of us must see the other.
# Caught by: test_book_room_books_no_night_twice
# Hint: Each looks before the other has committed, so neither sees the other. What can make one of them wait until the other is done?
# Breaks: 12 of 20 orders


def book_room(connection, room_id, guest, arrives, leaves):
    ((booking_id,),) = connection.execute(
        "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s) RETURNING booking_id",
        (room_id, guest, arrives, leaves),
    ).fetchall()
    other = connection.execute(
        "SELECT FROM booking WHERE room_id = %s AND arrives < %s AND %s < leaves AND booking_id <> %s",
        (room_id, leaves, arrives, booking_id),
    ).fetchone()
    if other is not None:
        connection.rollback()
        return False
    connection.commit()
    return True
