# Belief: A claim has to be committed, so that others see it; then I can work in peace.
# Caught by: test_claim_job_strands_no_job_of_a_worker_without_power
# Hint: If the worker dies now, the job is 'running' for ever, and nobody works on it. What does a row lock do when its worker dies?


def claim_job(connection, work):
    claimed = connection.execute(
        """
        UPDATE job SET state = 'running'
        WHERE job_id = (
            SELECT job_id FROM job
            WHERE state = 'waiting' AND NOT EXISTS (
                SELECT FROM job AS earlier
                WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
            )
            ORDER BY job_id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING job_id
        """
    ).fetchone()
    connection.commit()
    if claimed is None:
        return None
    try:
        work(connection, *claimed)
    except Exception:
        connection.rollback()
        connection.execute("UPDATE job SET state = 'waiting' WHERE job_id = %s", claimed)
        connection.commit()
        raise
    connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", claimed)
    connection.commit()
    return claimed[0]
