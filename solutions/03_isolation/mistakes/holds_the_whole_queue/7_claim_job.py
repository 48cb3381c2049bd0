# Belief: I ask for the waiting jobs and take the first one; SKIP LOCKED sees to the rest.
# Caught by: test_claim_job_gives_each_worker_another
# Hint: fetchone() takes one row, but the SELECT has locked all that it found. How many does it need to find?
# Breaks: 12 of 14 orders


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id FROM job
            WHERE state = 'waiting' AND NOT EXISTS (
                SELECT FROM job AS earlier
                WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
            )
            ORDER BY job_id FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        work(connection, *found)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", found)
        return found[0]
