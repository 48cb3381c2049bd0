# Belief: NOWAIT doesn't wait either: if the job is held, there is nothing for me.
# Caught by: test_claim_job_gives_each_worker_another
# Hint: NOWAIT gives up at the first row that is held, although the next one is free. What passes over it instead?
# Breaks: 12 of 14 orders
from psycopg.errors import LockNotAvailable


def claim_job(connection, work):
    try:
        with connection.transaction():
            found = connection.execute(
                """
                SELECT job_id FROM job
                WHERE state = 'waiting' AND NOT EXISTS (
                    SELECT FROM job AS earlier
                    WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
                )
                ORDER BY job_id LIMIT 1 FOR UPDATE NOWAIT
                """
            ).fetchone()
            if found is None:
                return None
            work(connection, *found)
            connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", found)
            return found[0]
    except LockNotAvailable:
        return None
