# Belief: There has to be more on the account than is taken out.
# Caught by: test_withdraw_pays_out_the_last_crown
# Hint: May an account be empty afterwards? Look at the CHECK in schema.sql, and at your comparison.


def withdraw(connection, account_id, amount):
    changed = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance > %s", (amount, account_id, amount)
    )
    connection.commit()
    return changed.rowcount == 1
