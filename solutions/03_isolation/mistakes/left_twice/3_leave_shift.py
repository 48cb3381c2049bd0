# Belief: Whoever asks to leave is on call.
# Caught by: test_leave_shift_refuses_who_is_not_on_call[Cleo]
# Hint: A doctor may press the button twice, or the wrong button. What do you know about this doctor before you say True?


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        on_call = connection.execute(
            "SELECT doctor FROM duty WHERE ward = %s AND on_call ORDER BY doctor FOR UPDATE", (ward,)
        ).fetchall()
        if len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
