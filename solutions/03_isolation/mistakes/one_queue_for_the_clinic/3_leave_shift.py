# Belief: Leaving a shift is rare, so one lock for the whole clinic does no harm.
# Caught by: test_leave_shift_keeps_nobody_waiting_in_another_ward
# Hint: Right it is, and surgery waits for maternity. Which of the rows that you lock belong to the ward in question?
# Breaks: 4 of 6 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        everybody = connection.execute(
            "SELECT ward, doctor FROM duty WHERE on_call ORDER BY ward, doctor FOR UPDATE"
        ).fetchall()
        if (ward, doctor) not in everybody or sum(other == ward for other, _ in everybody) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
