# Belief: When the function returns, the change is saved.
# Caught by: test_withdraw_pays_out
# Hint: psycopg begins a transaction with the first statement and ends it only when you say so. Which method, or which `with`, does?


def withdraw(connection, account_id, amount):
    changed = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
        (amount, account_id, amount),
    )
    return changed.rowcount == 1
