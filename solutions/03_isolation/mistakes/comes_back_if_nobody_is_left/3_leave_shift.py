# Belief: Only one leaves at a time, so whoever finds that nobody is left can still come back.
# Caught by: test_leave_shift_has_no_moment_without_a_doctor
# Hint: On autocommit each statement is committed at once, for all to see. What must be one transaction?
# Breaks: all 46 orders


def leave_shift(connection, ward, doctor):
    connection.autocommit = True
    connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (ward,))
    try:
        left = connection.execute(
            "UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s AND on_call", (ward, doctor)
        )
        if left.rowcount == 0:
            return False
        ((others,),) = connection.execute("SELECT count(*) FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if others == 0:
            connection.execute("UPDATE duty SET on_call = true WHERE ward = %s AND doctor = %s", (ward, doctor))
        return others > 0
    finally:
        connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", (ward,))
