# Belief: One statement is atomic: nobody can come between its count and its change.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: The subquery counts what was committed when the statement began. The other doctor's UPDATE is done and not yet committed. What would make this statement wait for it?
# Breaks: 4 of 6 orders


def leave_shift(connection, ward, doctor):
    changed = connection.execute(
        """
        UPDATE duty SET on_call = false
        WHERE ward = %(ward)s AND doctor = %(doctor)s AND on_call
          AND (SELECT count(*) FROM duty WHERE ward = %(ward)s AND on_call) >= 2
        """,
        {"ward": ward, "doctor": doctor},
    )
    connection.commit()
    return changed.rowcount == 1
