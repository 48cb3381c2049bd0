"""Whoever wants to leave locks every row that the decision depends on, in one order, and decides after the wait."""


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        on_call = connection.execute(
            "SELECT doctor FROM duty WHERE ward = %s AND on_call ORDER BY doctor FOR UPDATE", (ward,)
        ).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
