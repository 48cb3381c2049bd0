# Belief: I count and write in one transaction, so nothing can happen in between.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: Both count two, and each changes only a row of their own, so neither ever waits for the other. What could both have locked?
# Breaks: 18 of 20 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
