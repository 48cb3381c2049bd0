"""No lock of one's own: SERIALIZABLE finds out what doesn't fit, and then the transfer begins again."""

from psycopg.errors import DeadlockDetected, SerializationFailure


def transfer(connection, from_account, to_account, amount):
    while True:
        try:
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                return moved(connection, from_account, to_account, amount)
        except (SerializationFailure, DeadlockDetected):
            pass


def moved(connection, from_account, to_account, amount):
    balances = dict(
        connection.execute(
            "SELECT account_id, balance FROM account WHERE account_id = ANY(%s)", ([from_account, to_account],)
        ).fetchall()
    )
    if len(balances) < 2 or balances[from_account] < amount:
        return False
    for account, balance in (
        (from_account, balances[from_account] - amount),
        (to_account, balances[to_account] + amount),
    ):
        connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (balance, account))
    return True
