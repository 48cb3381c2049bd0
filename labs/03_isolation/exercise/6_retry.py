# Task 6: retry


def retry(connection, work, attempts):
    """Run a piece of work in a transaction, commit it, and do the whole transaction again where that can help.

        connection   a psycopg connection, not in autocommit, nothing begun on it
        work         a function that takes the connection, runs statements on it, and returns a value; it neither
                     commits nor rolls back (some are in units_of_work.py, beside the tests)
        attempts     how often to try in all, 1 or more

    Return what the work returned, once it is committed.

    A serialization failure (SQLSTATE 40001) or a deadlock (40P01), wherever in the transaction it comes, means: roll
    back and try again, from the beginning. If the last attempt ends so too, its error goes up to the caller.
    Every other error goes up at once, unchanged, and nothing of the work stays. Whoever gets an error finds no
    transaction open: you have rolled back before.

    You needn't wait between two attempts; you may.
    """
    raise NotImplementedError
