"""Both rows are locked before either is changed, the lower number first whichever way the money goes."""


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        balances = dict(
            connection.execute(
                "SELECT account_id, balance FROM account WHERE account_id IN (%s, %s) ORDER BY account_id FOR UPDATE",
                (from_account, to_account),
            ).fetchall()
        )
        if len(balances) < 2 or balances[from_account] < amount:
            return False
        for account, change in ((from_account, -amount), (to_account, amount)):
            connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account))
        return True
