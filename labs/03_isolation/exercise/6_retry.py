def retry(connection, work):
    """Run `work(connection)` in a transaction of its own, commit it, and give back what `work` gave.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun. `work` runs statements on it
    and neither commits nor rolls back. Where PostgreSQL ends the transaction with an error that says "try again"
    (a serialization failure, a deadlock), at COMMIT as well, all of the work is done once more from its beginning, in
    a new transaction: at most five attempts in all; the error of the fifth is raised. Every other exception is raised
    at once, with the transaction rolled back.
    """
    raise NotImplementedError
