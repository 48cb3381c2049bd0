# Belief: What isn't done is to be done.
# Caught by: test_claim_job_leaves_what_is_running
# Hint: A job has three states. In which of them may you take it?


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id
            FROM job
            WHERE state <> 'done'
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
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
