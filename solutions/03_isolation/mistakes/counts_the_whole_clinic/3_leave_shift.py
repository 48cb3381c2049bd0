# Belief: Somebody has to stay on call, it doesn't matter where.
# Caught by: test_leave_shift_keeps_the_last_doctor
# Hint: Every ward needs somebody of its own. Which condition does your count lack?


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        on_call = connection.execute("SELECT ward, doctor FROM duty WHERE on_call ORDER BY 1, 2 FOR UPDATE").fetchall()
        if (ward, doctor) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
