def leave_shift(connection, name):
    """Let the doctor of that name go off call, as long as somebody else still is on call.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun; end the transaction before
    you return. Give back True where the doctor has gone off call, False where nobody else is on call or this doctor
    isn't. Two doctors may leave at once: neither call fails, and at least one doctor stays on call.
    """
    raise NotImplementedError
