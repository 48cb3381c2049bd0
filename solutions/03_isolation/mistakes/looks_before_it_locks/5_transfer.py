# Belief: I have seen that there is enough, so the relative UPDATE can't go wrong.
# Caught by: test_transfer_never_moves_what_is_not_there
# Hint: Between your SELECT and your UPDATE another transfer commits. Who looks at the balance again?
# Breaks: 22 of 24 orders


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        balances = dict(
            connection.execute(
                "SELECT account_id, balance FROM account WHERE account_id IN (%s, %s)", (from_account, to_account)
            ).fetchall()
        )
        if len(balances) < 2 or balances[from_account] < amount:
            return False
        for account, change in sorted([(from_account, -amount), (to_account, amount)]):
            connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account))
        return True
