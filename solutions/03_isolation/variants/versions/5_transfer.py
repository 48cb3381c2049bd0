"""Optimistic: nothing is locked while it thinks; a version that no longer fits means to read again."""


def transfer(connection, from_account, to_account, amount):
    while True:
        accounts = {
            account: (balance, version)
            for account, balance, version in connection.execute(
                "SELECT account_id, balance, version FROM account WHERE account_id IN (%s, %s)",
                (from_account, to_account),
            )
        }
        if len(accounts) < 2 or accounts[from_account][0] < amount:
            connection.rollback()
            return False
        changes = {from_account: -amount, to_account: amount}
        if all(is_changed(connection, account, *accounts[account], changes[account]) for account in sorted(accounts)):
            connection.commit()
            return True
        connection.rollback()


def is_changed(connection, account, balance, version, change):
    changed = connection.execute(
        "UPDATE account SET balance = %s WHERE account_id = %s AND version = %s", (balance + change, account, version)
    )
    return changed.rowcount == 1
