# Belief: I lock the row that I am going to change.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: The decision depends on the others' rows too. Whoever changes one of those has to meet your lock.
# Breaks: 60 of 70 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        own = connection.execute(
            "SELECT on_call FROM duty WHERE ward = %s AND doctor = %s FOR UPDATE", (ward, doctor)
        ).fetchone()
        ((count,),) = connection.execute("SELECT count(*) FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if own is None or not own[0] or count == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
