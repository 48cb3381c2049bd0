"""No order of locks: a deadlock is survived, with the whole transfer done again, and the table checks the balance."""

from psycopg import Rollback
from psycopg.errors import CheckViolation, DeadlockDetected


def transfer(connection, from_account, to_account, amount):
    while True:
        try:
            with connection.transaction() as transaction:
                for account, change in ((from_account, -amount), (to_account, amount)):
                    changed = connection.execute(
                        "UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account)
                    )
                    if changed.rowcount == 0:
                        raise Rollback(transaction)
                return True
            return False
        except DeadlockDetected:
            continue
        except CheckViolation:
            return False
