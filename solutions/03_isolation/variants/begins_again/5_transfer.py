"""Deadlocks are not prevented but survived: the victim's transaction is gone, so it begins again with its first line."""

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
            connection.rollback()
            continue
        if taken.rowcount == given.rowcount == 1:
            connection.commit()
            return True
        connection.rollback()
        return False
