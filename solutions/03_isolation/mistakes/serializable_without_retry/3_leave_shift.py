# Belief: SERIALIZABLE makes it right, and that is all I have to say.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: It makes it right by failing one of the two with 40001, perhaps as late as at COMMIT. Who tries again, and from where?
# Breaks: 18 of 20 orders
from psycopg import IsolationLevel


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    with connection.transaction():
        on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
