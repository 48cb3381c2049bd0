# Belief: FOR UPDATE gives each worker another job: the second waits a moment, and gets the next one.
# Caught by: test_claim_job_gives_each_worker_another
# Hint: Nothing is printed twice, but how long does the second worker wait, and what does it find when the first job is done?
# Breaks: 6 of 8 orders


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id
            FROM job
            WHERE state = 'waiting'
              AND NOT EXISTS (
                  SELECT FROM job AS earlier
                  WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
              )
            ORDER BY job_id
            LIMIT 1
            FOR UPDATE
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
