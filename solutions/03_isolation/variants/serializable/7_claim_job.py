"""Marked first and printed then, in one transaction: until COMMIT nobody sees the mark, and ROLLBACK takes it back."""


def claim_job(connection, work):
    try:
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
                FOR UPDATE SKIP LOCKED
            )
            RETURNING job_id
            """
        ).fetchone()
        if found:
            work(connection, *found)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return found[0] if found else None
