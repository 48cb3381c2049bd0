"""The lock keeps withdrawals apart; against those who don't know it, the subtraction is done by the server."""


def withdraw(connection, account_id, amount):
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (account_id,))
        row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
        if row is None or row[0] < amount:
            return False
        connection.execute("UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, account_id))
        return True
