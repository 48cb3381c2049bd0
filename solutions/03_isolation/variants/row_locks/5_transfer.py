"""Change the lower number first, whichever way the money goes: the UPDATEs themselves lock in one order."""

from psycopg import Rollback


def transfer(connection, from_account, to_account, amount):
    changes = {from_account: -amount, to_account: amount}
    with connection.transaction() as transaction:
        for account in sorted(changes):
            changed = connection.execute(
                "UPDATE account SET balance = balance + %(change)s WHERE account_id = %(account)s "
                "AND balance + %(change)s >= 0",
                {"change": changes[account], "account": account},
            )
            if changed.rowcount == 0:
                raise Rollback(transaction)
        return True
    return False
