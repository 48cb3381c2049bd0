"""The check and the change are one statement, which waits for whoever holds the row and then checks what they left."""


def withdraw(connection, account_id, amount):
    changed = connection.execute(
        "UPDATE account SET balance = balance - %s WHERE account_id = %s AND balance >= %s",
        (amount, account_id, amount),
    )
    connection.commit()
    return changed.rowcount == 1
