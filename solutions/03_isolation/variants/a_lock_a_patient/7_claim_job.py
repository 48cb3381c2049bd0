"""An advisory lock a patient, and a second look under it: whoever held it before may have done the letter."""

READY = """
    SELECT job_id, hashtext(patient)
    FROM job
    WHERE state = 'waiting'
      AND NOT EXISTS (
          SELECT FROM job AS earlier
          WHERE earlier.patient = job.patient AND earlier.job_id < job.job_id AND earlier.state <> 'done'
      )
"""


def claim_job(connection, work):
    with connection.transaction():
        for job_id, patient in connection.execute(f"{READY} ORDER BY job_id").fetchall():
            ((is_mine,),) = connection.execute("SELECT pg_try_advisory_xact_lock(7, %s)", (patient,)).fetchall()
            if is_mine and connection.execute(f"{READY} AND job_id = %s", (job_id,)).rowcount == 1:
                work(connection, job_id)
                connection.execute("UPDATE job SET state = 'done' WHERE job_id = %s", (job_id,))
                return job_id
        return None
