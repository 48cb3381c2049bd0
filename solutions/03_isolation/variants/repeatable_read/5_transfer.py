"""Both rows are locked in order, so that only serialization failures are left to be survived."""

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def transfer(connection, from_account, to_account, amount):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            balances = {}
            for account in sorted((from_account, to_account)):
                row = connection.execute(
                    "SELECT balance FROM account WHERE account_id = %s FOR UPDATE", (account,)
                ).fetchone()
                if row is None:
                    return False
                balances[account] = row[0]
            if balances[from_account] < amount:
                return False
            connection.execute(
                "UPDATE account SET balance = %s WHERE account_id = %s", (balances[from_account] - amount, from_account)
            )
            connection.execute(
                "UPDATE account SET balance = %s WHERE account_id = %s", (balances[to_account] + amount, to_account)
            )
            return True
    except SerializationFailure:
        return transfer(connection, from_account, to_account, amount)
