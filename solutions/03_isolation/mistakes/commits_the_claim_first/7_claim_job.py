# Belief: The claim is committed as 'running', so that all others can see it.
# Caught by: test_claim_job_strands_no_job
# Hint: The worker dies in mid-work. Who turns 'running' back into 'waiting'?


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
        connection.execute("UPDATE job SET state = 'running' WHERE job_id = %s", (job_id,))
    with connection.transaction():
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
    return job_id
