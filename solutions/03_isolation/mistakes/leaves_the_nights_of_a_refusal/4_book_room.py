# Belief: A booking that is refused has written nothing: it returns before the INSERT INTO booking.
# Caught by: test_book_room_keeps_no_night_of_what_it_refuses
# Hint: The nights that were free are written by then, and `return` leaves the block with a COMMIT. What undoes them?


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        free = connection.execute(
            """
            INSERT INTO night (room_id, night, guest)
            SELECT %s, night::date, %s FROM generate_series(%s::date, %s::date - 1, interval '1 day') AS night
            ON CONFLICT DO NOTHING
            """,
            (room_id, guest, arrives, leaves),
        )
        if free.rowcount < (leaves - arrives).days:
            return False
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
