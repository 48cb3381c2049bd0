"""Two locks in order, taken before anything is looked at."""


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        for account in sorted((from_account, to_account)):
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (account,))
        paid = connection.execute(
            """
            UPDATE account SET balance = balance - %(amount)s
            WHERE account_id = %(payer)s AND balance >= %(amount)s
              AND EXISTS (SELECT FROM account WHERE account_id = %(payee)s)
            """,
            {"payer": from_account, "payee": to_account, "amount": amount},
        )
        if paid.rowcount == 0:
            return False
        connection.execute("UPDATE account SET balance = balance + %s WHERE account_id = %s", (amount, to_account))
        return True
