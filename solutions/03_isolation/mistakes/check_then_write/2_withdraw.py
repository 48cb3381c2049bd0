# Belief: Inside a transaction, what I have read stays true until I commit.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: READ COMMITTED promises nothing about a row that you have only read. Which statement checks and changes it at once, or which clause of SELECT holds it?
# Breaks: 12 of 14 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
