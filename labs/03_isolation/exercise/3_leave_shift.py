# Task 3: leave_shift


def leave_shift(connection, ward, doctor):
    """A doctor wants to go off call for tonight. One doctor of every ward has to stay, at every moment.

        connection   a psycopg connection, not in autocommit, nothing begun on it
        ward         the ward, as in duty.ward
        doctor       the doctor, as in duty.doctor

    Return True if the doctor was on call for the ward and no longer is: committed.
    Return False, and change nothing, if nobody else of the ward would be on call, or if the doctor isn't on call there.

    Several doctors press the button at the same moment, and some press it twice. Never raise because somebody else did.
    Doctors of different wards don't wait for each other.
    """
    raise NotImplementedError
