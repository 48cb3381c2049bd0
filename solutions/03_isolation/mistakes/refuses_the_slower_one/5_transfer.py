# Belief: If the version has changed, somebody was quicker, and the transfer is refused.
# Caught by: test_transfer_moves_twice_where_there_is_enough
# Hint: There was enough for both. After a version that no longer fits, what could you read again?
# Breaks: 22 of 24 orders

from psycopg import Rollback


def transfer(connection, from_account, to_account, amount):
    with connection.transaction() as transaction:
        accounts = {
            account: (balance, version)
            for account, balance, version in connection.execute(
                "SELECT account_id, balance, version FROM account WHERE account_id IN (%s, %s)",
                (from_account, to_account),
            )
        }
        if len(accounts) < 2 or accounts[from_account][0] < amount:
            return False
        for account, change in sorted([(from_account, -amount), (to_account, amount)]):
            balance, version = accounts[account]
            changed = connection.execute(
                "UPDATE account SET balance = %s WHERE account_id = %s AND version = %s",
                (balance + change, account, version),
            )
            if changed.rowcount == 0:
                raise Rollback(transaction)
        return True
    return False
