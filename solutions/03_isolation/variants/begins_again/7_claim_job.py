"""Tries to lock the jobs whose turn it is, one after the other, and goes on to the next where one is held."""

from psycopg.errors import LockNotAvailable

READY = """
    SELECT job_id
    FROM job
    WHERE state = 'waiting'
      AND NOT EXISTS (
          SELECT FROM job AS earlier
          WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
      )
    ORDER BY job_id
"""


def claim_job(connection, work):
    with connection.transaction():
        for (job_id,) in connection.execute(READY).fetchall():
            try:
                with connection.transaction():
                    free = connection.execute(
                        "SELECT FROM job WHERE job_id = %s AND state = 'waiting' FOR UPDATE NOWAIT", (job_id,)
                    )
            except LockNotAvailable:
                continue
            if free.rowcount == 1:
                work(connection, job_id)
                connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
                return job_id
        return None
