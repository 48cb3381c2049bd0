# Belief: What is marked as done first is never printed twice.
# Caught by: test_claim_job_strands_no_job
# Hint: And if the paper jams after that?


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
            FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
    with connection.transaction():
        work(connection, job_id)
    return job_id
