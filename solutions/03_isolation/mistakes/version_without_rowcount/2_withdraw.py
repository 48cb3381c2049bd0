# Belief: With a version in the WHERE clause the loser's UPDATE fails.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: It doesn't fail, it changes 0 rows, and says so in cursor.rowcount. Who looks?
# Breaks: 12 of 14 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance, version FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    balance, version = row
    connection.execute(
        "UPDATE account SET balance = %s WHERE account_id = %s AND version = %s",
        (balance - amount, account_id, version),
    )
    connection.commit()
    return True
