# Belief: It doesn't matter when I lock the row, as long as I hold it when I write.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: FOR UPDATE waits, and the row may have changed meanwhile. Use the balance that the locking SELECT itself returns, not one that you read before it.
# Breaks: 22 of 24 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("SELECT FROM account WHERE account_id = %s FOR UPDATE", (account_id,))
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
