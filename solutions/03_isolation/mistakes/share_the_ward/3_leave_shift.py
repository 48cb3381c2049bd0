# Belief: I only read the ward's row, so FOR SHARE is the right lock on it.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: Both hold the same shared lock at the same time, and neither waits. Which lock can only one have?
# Breaks: 60 of 70 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        connection.execute("SELECT FROM ward WHERE ward = %s FOR SHARE", (ward,))
        on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
