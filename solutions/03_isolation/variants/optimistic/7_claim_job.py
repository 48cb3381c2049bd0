"""Each patient's first unfinished letter is a candidate; SKIP LOCKED takes the first one that nobody holds."""


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id FROM job
            WHERE job_id IN (SELECT min(job_id) FROM job WHERE state <> 'done' GROUP BY patient)
              AND state = 'waiting'
            ORDER BY job_id LIMIT 1
            FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        connection.execute("UPDATE job SET state = 'running' WHERE job_id = %s", found)
        work(connection, found[0])
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", found)
        return found[0]
