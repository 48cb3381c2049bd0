# Belief: If the work fails, the job stays waiting, and there is nothing more to say.
# Caught by: test_claim_job_strands_no_job
# Hint: The caller gets None: nothing to do. How does anybody learn that the paper is stuck?


def claim_job(connection, work):
    try:
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
            work(connection, job_id)
            connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
            return job_id
    except Exception:
        return None
