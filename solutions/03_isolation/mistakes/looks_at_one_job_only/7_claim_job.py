# Belief: If it isn't the turn of the first job that is free, there is nothing to do.
# Caught by: test_claim_job_finds_another_patients_letter
# Hint: Your LIMIT 1 comes before the question whose turn it is. What comes behind that row?
# Breaks: 16 of 26 orders


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id, patient
            FROM job
            WHERE state = 'waiting'
            ORDER BY job_id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        job_id, patient = found
        earlier = connection.execute(
            "SELECT FROM job WHERE patient = %s AND job_id < %s AND state <> 'done'", (patient, job_id)
        )
        if earlier.rowcount > 0:
            return None
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
