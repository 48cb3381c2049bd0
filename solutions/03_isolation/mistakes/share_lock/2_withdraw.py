# Belief: FOR SHARE is the polite lock: nobody can change the row while I hold it.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: Two can share. Then each wants to write, and each waits until the other lets go: that is a deadlock. Which lock can only one have?
# Breaks: 4 of 8 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s FOR SHARE", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, account_id))
    connection.commit()
    return True
