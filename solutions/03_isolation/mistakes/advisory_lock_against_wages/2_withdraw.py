# Belief: Whoever holds the account's advisory lock is alone with the account.
# Caught by: test_withdraw_loses_no_wages
# Hint: An advisory lock stops only those who ask for it. The program that pays the wages doesn't: what of your steps may it come between?
# Breaks: 6 of 11 orders


def withdraw(connection, account_id, amount):
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (account_id,))
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
