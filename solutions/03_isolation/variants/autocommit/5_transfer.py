"""A transaction block in autocommit, with its locks taken one by one."""


def transfer(connection, from_account, to_account, amount):
    connection.autocommit = True
    with connection.transaction():
        low, high = min(from_account, to_account), max(from_account, to_account)
        for account in (low, high):
            if connection.execute("SELECT FROM account WHERE account_id = %s FOR UPDATE", [account]).rowcount == 0:
                return False
        (balance,) = connection.execute("SELECT balance FROM account WHERE account_id = %s", [from_account]).fetchone()
        if balance < amount:
            return False
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE account SET balance = balance + %s WHERE account_id = %s",
                [(-amount, from_account), (amount, to_account)],
            )
        return True
