"""An advisory lock an account, the lower number first: held until COMMIT, so that all that follows is alone with both."""


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        for account in sorted((from_account, to_account)):
            connection.execute("SELECT pg_advisory_xact_lock(5, %s)", (account,))
        # A statement of its own: it begins, and looks, when both locks are held.
        balances = dict(
            connection.execute(
                "SELECT account_id, balance FROM account WHERE account_id IN (%s, %s)", (from_account, to_account)
            ).fetchall()
        )
        if len(balances) < 2 or balances[from_account] < amount:
            return False
        connection.execute("UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, from_account))
        connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account))
        return True
