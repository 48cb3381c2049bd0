# Belief: I lock the ward and count in the same statement: shorter, and just as safe.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: A statement sees what was committed when it began, which is before it had to wait. Which statement begins after the wait?
# Breaks: 4 of 6 orders


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        rows = connection.execute(
            """
            WITH held AS MATERIALIZED (SELECT ward FROM ward WHERE ward = %s FOR UPDATE)
            SELECT doctor FROM held JOIN duty USING (ward) WHERE on_call
            """,
            (ward,),
        ).fetchall()
        if (doctor,) not in rows or len(rows) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
