# Belief: LOCK TABLE is the safe way: then nobody can come between.
# Caught by: test_withdraw_keeps_nobody_waiting_at_another_account
# Hint: Safe it is, and everybody in town queues for one account after the other. Which lock is as large as the row?
# Breaks: 6 of 8 orders


def withdraw(connection, account_id, amount):
    connection.execute("LOCK TABLE account IN EXCLUSIVE MODE")
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
