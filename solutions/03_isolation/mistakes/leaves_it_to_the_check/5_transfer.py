# Belief: CHECK (balance >= 0) refuses for me.
# Caught by: test_transfer_refuses_what_can_not_be_moved[too much]
# Hint: It refuses with an error (23514). What were you to do where there is too little?

CHANGE = "UPDATE account SET balance = balance + %s WHERE account_id = %s"


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        accounts = connection.execute(
            "SELECT FROM account WHERE account_id IN (%s, %s) ORDER BY account_id FOR UPDATE",
            (from_account, to_account),
        )
        if accounts.rowcount < 2:
            return False
        for account, change in ((from_account, -amount), (to_account, amount)):
            connection.execute(CHANGE, (change, account))
        return True
