# Belief: If the version has changed, somebody was faster, and the withdrawal is refused.
# Caught by: test_withdraw_pays_everybody_where_there_is_enough
# Hint: A changed version doesn't mean that there is too little. What has to be read again before you can say that?
# Breaks: 12 of 14 orders


def withdraw(connection, account_id, amount):
    row = connection.execute("SELECT balance, version FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    balance, version = row
    changed = connection.execute(
        "UPDATE account SET balance = %s WHERE account_id = %s AND version = %s",
        (balance - amount, account_id, version),
    )
    connection.commit()
    return changed.rowcount == 1
