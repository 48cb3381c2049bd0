# Belief: What I have found waiting is waiting until I mark it.
# Caught by: test_claim_job_gives_one_job_to_one_worker
# Hint: Two workers look before either has marked anything. Which clause of SELECT would keep what it finds?
# Breaks: 48 of 50 orders


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
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
