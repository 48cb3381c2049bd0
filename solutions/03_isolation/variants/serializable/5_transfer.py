"""SERIALIZABLE leaves the locks of UPDATE as they are, so deadlocks have to be survived as well."""

from psycopg import IsolationLevel
from psycopg.errors import DeadlockDetected, SerializationFailure


def transfer(connection, from_account, to_account, amount):
    connection.isolation_level = IsolationLevel.SERIALIZABLE
    while True:
        try:
            with connection.transaction():
                balances = dict(
                    connection.execute(
                        "SELECT account_id, balance FROM account WHERE account_id IN (%s, %s)",
                        (from_account, to_account),
                    ).fetchall()
                )
                if len(balances) < 2 or balances[from_account] < amount:
                    return False
                for account, change in ((from_account, -amount), (to_account, amount)):
                    connection.execute(
                        "UPDATE account SET balance = %s WHERE account_id = %s", (balances[account] + change, account)
                    )
                return True
        except (SerializationFailure, DeadlockDetected):
            continue
