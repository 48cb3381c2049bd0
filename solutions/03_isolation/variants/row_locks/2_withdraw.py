"""Lock the row, then check what the lock has found: it's the latest there is, and nobody can change it."""


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s FOR UPDATE", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
