"""Relative changes in one order, looked at afterwards: what went below zero, or wasn't there, is rolled back."""

from psycopg import Rollback
from psycopg.errors import CheckViolation


def transfer(connection, from_account, to_account, amount):
    changes = sorted([(from_account, -amount), (to_account, amount)])
    try:
        with connection.transaction() as transaction:
            for account, change in changes:
                changed = connection.execute(
                    "UPDATE account SET balance = balance + %s WHERE account_id = %s", (change, account)
                )
                if changed.rowcount == 0:
                    raise Rollback(transaction)
            return True
    except CheckViolation:
        pass
    return False
