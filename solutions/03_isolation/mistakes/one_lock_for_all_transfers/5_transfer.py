# Belief: One advisory lock round every transfer rules deadlocks out.
# Caught by: test_transfer_keeps_nobody_waiting_at_other_accounts
# Hint: It does. Whom does Bob wait for who has no account in common with Ann?
# Breaks: 8 of 10 orders


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(5)")
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
