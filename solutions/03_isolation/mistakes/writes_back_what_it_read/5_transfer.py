# Belief: In a transaction nobody changes what I have read.
# Caught by: test_transfer_moves_twice_where_there_is_enough
# Hint: Two transfers read 100, and each writes 70. Which clause of SELECT makes the second wait until it may read 70?
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
        balances[from_account] -= amount
        balances[to_account] += amount
        for account in sorted(balances):
            connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (balances[account], account))
        return True
