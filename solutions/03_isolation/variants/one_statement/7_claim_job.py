"""Of each patient the first letter that isn't done, whatever its state; of these the first that waits and isn't held."""


def claim_job(connection, work):
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT job_id
            FROM job
            WHERE state = 'waiting' AND job_id IN (SELECT min(job_id) FROM job WHERE state <> 'done' GROUP BY patient)
            ORDER BY job_id
            FOR NO KEY UPDATE SKIP LOCKED
            LIMIT 1
            """
        )
        for (job_id,) in cursor.fetchall():
            work(connection, job_id)
            cursor.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
            return job_id
