"""All in one statement: the rows are locked in order by its first part, and changed by its second from what that read."""


def transfer(connection, from_account, to_account, amount):
    with connection.transaction():
        moved = connection.execute(
            """
            WITH locked AS MATERIALIZED (
                SELECT account_id, balance
                FROM account
                WHERE account_id IN (%(payer)s, %(payee)s)
                ORDER BY account_id
                FOR UPDATE
            )
            UPDATE account
            SET balance = locked.balance
                + CASE WHEN locked.account_id = %(payer)s THEN -%(amount)s::integer ELSE %(amount)s END
            FROM locked
            WHERE account.account_id = locked.account_id
              AND (SELECT count(*) FROM locked) = 2
              AND (SELECT balance FROM locked WHERE account_id = %(payer)s) >= %(amount)s
            """,
            {"payer": from_account, "payee": to_account, "amount": amount},
        )
        return moved.rowcount == 2
