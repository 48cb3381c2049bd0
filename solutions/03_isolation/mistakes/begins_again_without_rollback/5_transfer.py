# Belief: After a deadlock I simply begin again with the first statement.
# Caught by: test_transfer_goes_both_ways_at_once
# Hint: The server has thrown your transaction away, but you are still in it. Which statement leads out?
# Breaks: 8 of 12 orders

from psycopg.errors import DeadlockDetected


def transfer(connection, from_account, to_account, amount):
    while True:
        try:
            taken = connection.execute(
                "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
                (amount, from_account, amount),
            )
            given = connection.execute(
                "UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account)
            )
        except DeadlockDetected:
            continue
        if taken.rowcount == 0 or given.rowcount == 0:
            connection.rollback()
            return False
        connection.commit()
        return True
