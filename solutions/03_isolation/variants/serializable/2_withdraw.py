"""Read, decide, write, as if alone; and from the beginning again if it turns out that one wasn't."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def withdraw(connection, account_id, amount):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    while True:
        try:
            with connection.transaction():
                row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
                if row is None or row[0] < amount:
                    return False
                connection.execute(
                    "UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id)
                )
                return True
        except SerializationFailure:
            continue
