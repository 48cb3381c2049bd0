# Belief: LOCK TABLE makes every transfer safe.
# Caught by: test_transfer_keeps_nobody_waiting_at_other_accounts
# Hint: It is safe. How many transfers a second can a bank make that makes one at a time?
# Breaks: 8 of 10 orders


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        connection.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE")
        balances = dict(
            connection.execute(
                "SELECT account_id, balance FROM account WHERE account_id IN (%s, %s)", (from_account, to_account)
            ).fetchall()
        )
        if len(balances) < 2 or balances[from_account] < amount:
            return False
        for account, change in ((from_account, -amount), (to_account, amount)):
            connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account))
        return True
