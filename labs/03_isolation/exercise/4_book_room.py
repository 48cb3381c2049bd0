# Task 4: book_room


def book_room(connection, room_id, guest, arrives, leaves):
    """Book a room of the guest house for every night from `arrives` up to the night before `leaves`.

        connection   a psycopg connection, not in autocommit, nothing begun on it
        room_id      the room, as in room.room_id; it exists
        guest        the guest's name
        arrives      the date of the first night, a datetime.date
        leaves       the date of departure, a later datetime.date; that night is free again

    Return True if the room was booked: there is then one more row in `booking`, committed.
    Return False, and book nothing, if the room is taken in any of these nights.

    Several guests book at the same moment. Never refuse nights that are free when you return, and never raise because
    somebody else was at work. Bookings of different rooms don't wait for each other.

    The table `night` is there in case you want it.
    """
    raise NotImplementedError
