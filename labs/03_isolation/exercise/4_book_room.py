def book_room(connection, room, guest, arrives, leaves):
    """Book the room with that id for a guest, from the night of the date `arrives` up to the day `leaves`.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun; end the transaction before
    you return. Give back the id of the new booking, or None where somebody has the room on any of these nights. Who
    leaves on the day on which another arrives is in nobody's way. Two may book at once: neither call fails, no night is
    booked twice, and guests of different rooms don't wait for each other.
    """
    raise NotImplementedError
