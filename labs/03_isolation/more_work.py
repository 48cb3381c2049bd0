"""More pieces of work for `retry` and `claim_job`, which go wrong in other ways than those of units_of_work.py."""

# For retry --------------------------------------------------------------------------------------------------------


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


def loses_its_power(connection, job_id):
    """Begin to print, and be gone: nothing more is heard of this worker."""
    connection.execute("INSERT INTO printed (job_id) VALUES (%s)", (job_id,))
    connection.close()
    raise ConnectionError("the worker's machine has lost its power")
