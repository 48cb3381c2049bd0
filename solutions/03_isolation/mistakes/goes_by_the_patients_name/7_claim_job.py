# Belief: Letters of one patient belong together, so they are sorted by patient first.
# Caught by: test_claim_job_goes_by_the_number
# Hint: Zoe's letter has number 1. When is it printed?


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
            ORDER BY patient, job_id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
