# Belief: A short transaction holds its locks for a short time, so each account gets a transaction of its own.
# Caught by: test_transfer_has_no_money_under_way
# Hint: Somebody adds up the bank's money between your two COMMITs, or the power fails there. What is missing?
# Breaks: all 58 orders


def transfer(connection, from_account, to_account, amount):
    found = connection.execute("SELECT FROM account WHERE account_id = %s", (to_account,)).rowcount
    connection.commit()
    if found == 0:
        return False
    taken = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
        (amount, from_account, amount),
    )
    connection.commit()
    if taken.rowcount == 0:
        return False
    connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account))
    connection.commit()
    return True
