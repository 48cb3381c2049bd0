# Belief: One UPDATE with a subquery finds and takes a job in one step.
# Caught by: test_claim_job_gives_one_job_to_one_worker
# Hint: The second UPDATE waits for the first. Its subquery has run before: does anything look again whether the job is still waiting?
# Breaks: 4 of 6 orders


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            UPDATE job
            SET state = 'done'
            WHERE job_id = (
                SELECT next.job_id
                FROM job AS next
                WHERE next.state = 'waiting'
                  AND NOT EXISTS (
                      SELECT FROM job AS earlier
                      WHERE earlier.patient = next.patient AND earlier.job_id < next.job_id AND earlier.state <> 'done'
                  )
                ORDER BY next.job_id
                LIMIT 1
            )
            RETURNING job_id
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        work(connection, job_id)
        return job_id
