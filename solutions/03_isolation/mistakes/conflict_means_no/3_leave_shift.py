# Belief: If the database reports a conflict, the doctor can't leave.
# Caught by: test_leave_shift_lets_two_of_three_go
# Hint: A serialization failure says nothing about the ward, only that this attempt doesn't count. What has to happen before you can say no?
# Breaks: 18 of 20 orders
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def leave_shift(connection, ward, doctor):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    try:
        with connection.transaction():
            on_call = connection.execute("SELECT doctor FROM duty WHERE ward = %s AND on_call", (ward,)).fetchall()
            if (doctor,) not in on_call or len(on_call) == 1:
                return False
            connection.execute("UPDATE duty SET on_call = false WHERE ward = %s AND doctor = %s", (ward, doctor))
            return True
    except SerializationFailure:
        return False
