# Belief: pg_try_advisory_lock takes the job, and pg_advisory_unlock gives it back at the end.
# Caught by: test_claim_job_frees_a_job_that_has_failed
# Hint: If the work raises, is your last line reached? And how long does a lock live that belongs to the session?
# Breaks: 1 of 76 orders

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
    for (job_id,) in connection.execute(READY).fetchall():
        connection.rollback()
        if not connection.execute("SELECT pg_try_advisory_lock(%s)", (job_id,)).fetchone()[0]:
            continue
        is_still_ready = connection.execute(f"SELECT FROM ({READY}) AS ready WHERE job_id = %s", (job_id,)).rowcount
        connection.rollback()
        if is_still_ready:
            with connection.transaction():
                work(connection, job_id)
                connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
            connection.execute("SELECT pg_advisory_unlock(%s)", (job_id,))
            connection.commit()
            return job_id
        connection.execute("SELECT pg_advisory_unlock(%s)", (job_id,))
        connection.commit()
    connection.rollback()
    return None
