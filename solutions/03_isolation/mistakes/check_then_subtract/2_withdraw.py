# Belief: balance = balance - amount can't overwrite anybody, so a check beforehand is all it takes.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: The subtraction is safe, the check is out of date. Put the check into the UPDATE's WHERE, or expect the error of the CHECK constraint and answer with False.
# Breaks: 12 of 14 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, account_id))
    connection.commit()
    return True
