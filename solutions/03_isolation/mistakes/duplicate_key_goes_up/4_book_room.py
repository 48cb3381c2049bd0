# Belief: If the night is taken, the primary key says so.
# Caught by: test_book_room_refuses_a_night_that_is_taken[the same nights]
# Hint: It says so with an exception, and the caller wants False. Where do you catch it, and what becomes of the transaction?


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction():
        connection.execute(
            """
            INSERT INTO night (room_id, night, guest)
            SELECT %s, night::date, %s FROM generate_series(%s::date, %s::date - 1, interval '1 day') AS night
            """,
            (room_id, guest, arrives, leaves),
        )
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
