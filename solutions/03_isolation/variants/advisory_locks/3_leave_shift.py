"""A lock by the ward's name, and the count in the statement after it."""


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (ward,))
        changed = connection.execute(
            """
            UPDATE duty SET on_call = false
            WHERE ward = %(ward)s AND doctor = %(doctor)s AND on_call
              AND EXISTS (SELECT FROM duty WHERE ward = %(ward)s AND doctor <> %(doctor)s AND on_call)
            """,
            {"ward": ward, "doctor": doctor},
        )
        return changed.rowcount == 1
