# Belief: On REPEATABLE READ what I have counted stays as it is, and conflicts raise an error that I can retry.
# Caught by: test_leave_shift_never_leaves_a_ward_alone
# Hint: What you see stays as it is, the world doesn't. 40001 comes only if two change the same row: do they? Which level also watches what was read?
# Breaks: 18 of 20 orders
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        try:
            with connection.transaction():
                on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
                if (doctor,) not in on_call or len(on_call) == 1:
                    return False
                connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
                return True
        except SerializationFailure:
            continue
