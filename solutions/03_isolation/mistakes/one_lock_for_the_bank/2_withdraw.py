# Belief: One advisory lock for withdrawals keeps them apart.
# Caught by: test_withdraw_keeps_nobody_waiting_at_another_account
# Hint: It keeps all of them apart, also those from different accounts. Which number would you lock instead of a constant?
# Breaks: 4 of 6 orders


def withdraw(connection, account_id, amount):
    connection.execute("SELECT pg_advisory_xact_lock(2026)")
    changed = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
        (amount, account_id, amount),
    )
    connection.commit()
    return changed.rowcount == 1
