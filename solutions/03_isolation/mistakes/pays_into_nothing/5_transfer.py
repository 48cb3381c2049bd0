# Belief: An UPDATE that finds no row fails.
# Caught by: test_transfer_refuses_what_can_not_be_moved[nobody is paid]
# Hint: An UPDATE of no rows succeeds. What tells you how many it has changed, and where is the money now?


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        connection.execute(
            "SELECT FROM account WHERE account_id IN (%s, %s) ORDER BY account_id FOR UPDATE",
            (from_account, to_account),
        )
        taken = connection.execute(
            "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
            (amount, from_account, amount),
        )
        if taken.rowcount == 0:
            return False
        connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account))
        return True
