"""One row stands for the ward. Whoever holds it counts alone, in a statement that begins after the wait."""


def leave_shift(connection, ward, doctor):
    with connection.transaction():
        connection.execute("SELECT FROM ward WHERE ward = %s FOR UPDATE", (ward,))
        on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
