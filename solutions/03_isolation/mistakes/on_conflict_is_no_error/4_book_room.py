# Belief: With a primary key on room and night, ON CONFLICT DO NOTHING books each night at most once.
# Caught by: test_book_room_refuses_a_night_that_is_taken[the same nights]
# Hint: It does, and says nothing to the one who came second. How many nights has the INSERT really written?


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute(
            """
            INSERT INTO night (room_id, night, guest)
            SELECT %s, night::date, %s FROM generate_series(%s::date, %s::date - 1, interval '1 day') AS night
            ON CONFLICT DO NOTHING
            """,
            (room_id, guest, arrives, leaves),
        )
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
