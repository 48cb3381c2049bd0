# Task 7: claim_job


def claim_job(connection, work):
    """Take the next letter that is to be printed, print it, and mark it as done.

        connection   a psycopg connection, not in autocommit, nothing begun on it
        work         prints: work(connection, job_id) runs statements on the connection, and neither commits nor
                     rolls back (some are in units_of_work.py, beside the tests)

    Return the job's job_id when it has been printed once and its state is 'done': both committed.
    Return None if there is nothing that you may take.

    - Take the waiting job with the lowest job_id that no other worker holds and whose turn it is.
    - The letters of one patient are printed in the order of their job_id: while one is waiting or being printed, it
      isn't the next one's turn. The letters of other patients don't care.
    - If the work raises, roll back before the error goes up. If the worker dies in the middle of it, nobody can do that
      any more. Either way nothing of the work stays, and the next call can take the job.
    - A job in the state 'running' is being printed by somebody: it isn't yours.
    - Two workers never wait for each other.

    A letter is printed within a second; it's fine to keep a transaction open for so long.
    """
    raise NotImplementedError
