# Belief: First I make sure that I am on call, then I lock the whole ward.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: Ann holds Ann and wants Bob, Bob holds Bob and wants Ann. Take all locks in one order that everybody follows, or one row that stands for the ward.
# Breaks: 12 of 18 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        own = connection.execute(
            "SELECT FROM duty WHERE ward = %s AND doctor = %s AND on_call FOR UPDATE", (ward, doctor)
        ).fetchone()
        if own is None:
            return False
        on_call = connection.execute(
            "SELECT doctor FROM duty WHERE ward = %s AND on_call ORDER BY doctor FOR UPDATE", (ward,)
        ).fetchall()
        if len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
