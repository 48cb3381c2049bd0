"""Find, lock and mark in one statement, then work: nothing of it is committed before the letter is printed."""


def claim_job(connection, work):
    claimed = connection.execute(
        """
        UPDATE job SET state = 'done'
        WHERE job_id = (
            SELECT candidate.job_id
            FROM job AS candidate
            LEFT JOIN job AS earlier ON earlier.patient = candidate.patient
                                    AND earlier.job_id < candidate.job_id AND earlier.state <> 'done'
            WHERE candidate.state = 'waiting' AND earlier.job_id IS NULL
            ORDER BY candidate.job_id
            LIMIT 1
            FOR UPDATE OF candidate SKIP LOCKED
        )
        RETURNING job_id
        """
    ).fetchone()
    if claimed is None:
        connection.rollback()
        return None
    try:
        work(connection, *claimed)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return claimed[0]
