"""Nights with ON CONFLICT DO NOTHING, and a count of how many were really free."""

from psycopg import Rollback


def book_room(connection, room_id, guest, arrives, leaves):
    with connection.transaction() as transaction:
        free = connection.execute(
            """
            INSERT INTO night (room_id, night, guest)
            SELECT %s, night::date, %s FROM generate_series(%s::date, %s::date - 1, interval '1 day') AS night
            ON CONFLICT DO NOTHING
            """,
            (room_id, guest, arrives, leaves),
        )
        if free.rowcount < (leaves - arrives).days:
            raise Rollback(transaction)
        connection.execute(
            "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
            (room_id, guest, arrives, leaves),
        )
        return True
    return False
