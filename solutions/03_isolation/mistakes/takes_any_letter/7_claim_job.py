# Belief: SKIP LOCKED finds what is free, and what is free may be printed.
# Caught by: test_claim_job_keeps_the_order_of_a_patients_letters
# Hint: The first letter is held, so it is skipped. Whose second letter comes next?
# Breaks: 30 of 70 orders


def claim_job(connection, work):
    with connection.transaction():
        found = connection.execute(
            """
            SELECT job_id
            FROM job
            WHERE state = 'waiting'
            ORDER BY job_id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
            """
        ).fetchone()
        if found is None:
            return None
        (job_id,) = found
        work(connection, job_id)
        connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
        return job_id
