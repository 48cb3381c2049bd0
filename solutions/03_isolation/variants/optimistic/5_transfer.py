"""Two versions, checked by one statement that changes both rows or neither."""


def transfer(connection, from_account, to_account, amount):
    while True:
        rows = connection.execute(
            "SELECT account_id, balance, version FROM account WHERE account_id IN (%s, %s)", (from_account, to_account)
        ).fetchall()
        connection.commit()
        seen = {account: (balance, version) for account, balance, version in rows}
        if len(seen) < 2 or seen[from_account][0] < amount:
            return False
        changed = connection.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT account_id FROM account
                WHERE (account_id, version) IN ((%(payer)s, %(payer_version)s), (%(payee)s, %(payee_version)s))
                ORDER BY account_id FOR UPDATE
            )
            UPDATE account SET balance = balance + CASE account_id WHEN %(payer)s THEN -%(amount)s ELSE %(amount)s END
            WHERE account_id IN (SELECT account_id FROM held) AND (SELECT count(*) FROM held) = 2
            """,
            {
                "payer": from_account,
                "payee": to_account,
                "amount": amount,
                "payer_version": seen[from_account][1],
                "payee_version": seen[to_account][1],
            },
        )
        connection.commit()
        if changed.rowcount == 2:
            return True
