# Belief: A deadlock means that the transfer can't be made now, so it is refused.
# Caught by: test_transfer_goes_both_ways_at_once
# Hint: False says that there is too little. Is there? What does the very same transfer find if it begins again?
# Breaks: 16 of 24 orders

from psycopg.errors import DeadlockDetected


def transfer(connection, from_account, to_account, amount):
    try:
        with connection.transaction():
            balances = {}
            for account in (from_account, to_account):
                found = connection.execute(
                    "SELECT balance FROM account WHERE account_id = %s FOR UPDATE", (account,)
                ).fetchone()
                if found is None:
                    return False
                balances[account] = found[0]
            if balances[from_account] < amount:
                return False
            for account, change in ((from_account, -amount), (to_account, amount)):
                connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account))
            return True
    except DeadlockDetected:
        return False
