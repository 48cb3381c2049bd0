"""Pieces of work that the tests hand to `retry` and `claim_job`.

Each runs statements, and neither commits nor rolls back.

`retry` calls work(connection): of a work with more parameters the tests fill in the others beforehand.
`claim_job` calls work(connection, job_id).
"""

# For retry --------------------------------------------------------------------------------------------------------


def writes_a_line(connection, line):
    """Write a line into the diary and return how long it is."""
    connection.execute("INSERT INTO diary VALUES (%s)", (line,))
    return len(line)


def succeeds_at_last(connection, failures, sqlstate):
    """Write a line into the diary; then fail with this SQLSTATE, `failures` times. Return the number of the attempt."""
    ((attempt,),) = connection.execute("SELECT nextval('attempt')").fetchall()
    connection.execute("INSERT INTO diary VALUES (%s)", (f"attempt {attempt}",))
    if attempt <= failures:
        fails_on_the_server(connection, sqlstate, f"attempt {attempt} has failed")
    return attempt


def raises_a_value_error(connection):
    """Write a line into the diary and raise an error that has nothing to do with the server."""
    connection.execute("SELECT nextval('attempt')")
    connection.execute("INSERT INTO diary VALUES ('half of it')")
    raise ValueError("there is no such street")


def leaves(connection, ward, doctor):
    """Leave the shift unless nobody else is on call, without any lock: right if SERIALIZABLE, and tried again."""
    ((others,),) = connection.execute(
        "SELECT count(*) FROM duty WHERE ward = %s AND on_call AND doctor <> %s", (ward, doctor)
    ).fetchall()
    if others == 0:
        return False
    connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
    return True


def adds_a_crown(connection, first, second):
    """Pay one crown into two accounts, in this order, and return the sum of the two balances that it has made."""
    return sum(
        balance
        for account in (first, second)
        for (balance,) in connection.execute(
            "UPDATE account SET balance = balance + 1 WHERE account_id = %s RETURNING balance", (account,)
        )
    )


def fails_on_the_server(connection, sqlstate, message):
    """Let the server raise this error: it ends the transaction as any other does."""
    connection.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}', MESSAGE = '{message}'; END $$")


def gives(connection, value):
    """Count the attempt, and return this value."""
    connection.execute("SELECT nextval('attempt')")
    return value


def counts_and_writes(connection):
    """Write a line into the diary, and return the number of the attempt."""
    ((attempt,),) = connection.execute("SELECT nextval('attempt')").fetchall()
    connection.execute("INSERT INTO diary VALUES (%s)", (f"attempt {attempt}",))
    return attempt


# For claim_job ----------------------------------------------------------------------------------------------------


def prints(connection, job_id):
    """Print the job's letter."""
    connection.execute("INSERT INTO printed (job_id) VALUES (%s)", (job_id,))


def jams(connection, job_id):
    """Begin to print, and fail: the paper is stuck."""
    prints(connection, job_id)
    raise RuntimeError("paper jam")


def loses_its_power(connection, job_id):
    """Begin to print, and be gone: nothing more is heard of this worker."""
    connection.execute("INSERT INTO printed (job_id) VALUES (%s)", (job_id,))
    connection.close()
    raise ConnectionError("the worker's machine has lost its power")
