def claim_job(connection, work):
    """Do the next open job: call `work(connection, job)` with its id, mark it done, commit, and give back the id.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun; end the transaction before
    you return. The next job is the one with the smallest id of those that are not done, that no other worker is at, and
    whose customer has no earlier job that isn't done. Give back None where there is none. Workers never wait for each
    other. Where `work` raises, or the worker dies in the middle of it, the job is open again, and nothing of what
    `work` wrote remains.
    """
    raise NotImplementedError
