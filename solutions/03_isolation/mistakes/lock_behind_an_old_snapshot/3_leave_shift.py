# Belief: A lock on the ward, and REPEATABLE READ on top of it, is twice as safe.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: On REPEATABLE READ the snapshot is taken by the first statement: the one that waits. After the wait you still count what there was before it. On which level does each statement look anew?
# Breaks: 6 of 8 orders
from psycopg import IsolationLevel


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        connection.execute("SELECT FROM ward WHERE ward = %s FOR UPDATE", (ward,))
        on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
        if (doctor,) not in on_call or len(on_call) == 1:
            return False
        connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
        return True
