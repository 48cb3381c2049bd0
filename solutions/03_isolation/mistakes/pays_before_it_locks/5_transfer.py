# Belief: If every transfer takes first and gives then, all lock in one order.
# Caught by: test_transfer_goes_both_ways_at_once
# Hint: Ann holds 1 and wants 2, Bob holds 2 and wants 1. Which of the two numbers could both of them want first?
# Breaks: 8 of 12 orders

from psycopg import Rollback


def transfer(connection, from_account, to_account, amount):
    with connection.transaction() as transaction:
        taken = connection.execute(
            "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
            (amount, from_account, amount),
        )
        if taken.rowcount == 0:
            return False
        given = connection.execute(
            "UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account)
        )
        if given.rowcount == 0:
            raise Rollback(transaction)
        return True
    return False
