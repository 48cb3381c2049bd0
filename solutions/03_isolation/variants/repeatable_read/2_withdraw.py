"""On REPEATABLE READ whoever comes second is refused; the loop begins again with a new snapshot."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def withdraw(connection, account_id, amount):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
        if row is None or row[0] < amount:
            connection.rollback()
            return False
        try:
            connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
        except SerializationFailure:
            connection.rollback()
            continue
        connection.commit()
        return True
