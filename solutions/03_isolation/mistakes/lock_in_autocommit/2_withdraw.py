# Belief: SELECT .. FOR UPDATE keeps the row until I have updated it.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: A row lock ends with its transaction. In autocommit, where does the transaction of the SELECT end?
# Breaks: 24 of 28 orders


def withdraw(connection, account_id, amount):
    connection.autocommit = True
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s FOR UPDATE", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    return True
