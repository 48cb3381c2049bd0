"""A statement that does everything is a transaction of its own."""


def withdraw(connection, account_id, amount):
    connection.autocommit = True
    paid = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s RETURNING balance",
        (amount, account_id, amount),
    ).fetchone()
    return paid is not None
