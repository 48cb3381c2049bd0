# Belief: First the letter is committed, for safety, then the mark.
# Caught by: test_claim_job_prints_and_marks_at_once
# Hint: The power fails between the two COMMITs. What does the next worker do with this letter?
# Breaks: all 24 orders


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
    try:
        work(connection, job_id)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
    connection.commit()
    return job_id
