# Belief: If the UPDATE raises nothing, the money was paid.
# Caught by: test_withdraw_refuses_what_is_not_there[1-of 100 crowns]
# Hint: An UPDATE whose WHERE matches no row is no error. Which attribute of the cursor says how many it has changed?


def withdraw(connection, account_id, amount):
    connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
        (amount, account_id, amount),
    )
    connection.commit()
    return True
