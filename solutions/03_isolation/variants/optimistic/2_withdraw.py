"""Write only if nobody has written since, and look again if somebody has."""


def withdraw(connection, account_id, amount):
    while True:
        row = connection.execute("SELECT balance, version FROM account WHERE account_id = %s", (account_id,)).fetchone()
        if row is None or row[0] < amount:
            connection.rollback()
            return False
        balance, version = row
        changed = connection.execute(
            "UPDATE account SET balance = %s WHERE account_id = %s AND version = %s",
            (balance - amount, account_id, version),
        )
        connection.commit()
        if changed.rowcount == 1:
            return True
