# Belief: If the work raises, the transaction is over.
# Caught by: test_claim_job_frees_a_job_that_has_failed
# Hint: The paper jam never was on the server. What holds the job's row now, and until when?
# Breaks: 3 of 10 orders


def claim_job(connection, work):
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
        connection.rollback()
        return None
    (job_id,) = found
    work(connection, job_id)
    connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
    connection.commit()
    return job_id
