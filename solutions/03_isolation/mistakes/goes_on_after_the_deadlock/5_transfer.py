# Belief: A deadlock hits one statement, so it is enough to repeat that one.
# Caught by: test_transfer_goes_both_ways_at_once
# Hint: After 40P01 the whole transaction is gone. What became of the money that was taken in its first statement?
# Breaks: 12 of 16 orders

from psycopg.errors import DeadlockDetected

TAKE = "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s"
GIVE = "UPDATE account SET balance = balance + %s WHERE account_id = %s"


def transfer(connection, from_account, to_account, amount):
    if connection.execute(TAKE, (amount, from_account, amount)).rowcount == 0:
        connection.rollback()
        return False
    while True:
        try:
            given = connection.execute(GIVE, (amount, to_account))
        except DeadlockDetected:
            connection.rollback()
        else:
            break
    if given.rowcount == 0:
        connection.rollback()
        return False
    connection.commit()
    return True
