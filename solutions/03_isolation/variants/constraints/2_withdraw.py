"""The table refuses what isn't there; the refusal is the answer."""

from psycopg.errors import CheckViolation


def withdraw(connection, account_id, amount):
    try:
        with connection.transaction():
            changed = connection.execute(
                "UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, account_id)
            )
    except CheckViolation:
        return False
    return changed.rowcount == 1
