"""One row a night, and the primary key refuses the second: also one that isn't committed yet, by waiting for it."""

from datetime import timedelta

from psycopg.errors import UniqueViolation


def book_room(connection, room_id, guest, arrives, leaves):
    nights = [arrives + timedelta(days=day) for day in range((leaves - arrives).days)]
    try:
        with connection.transaction():
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO night (room_id, night, guest) VALUES (%s, %s, %s)",
                    [(room_id, night, guest) for night in nights],
                )
            connection.execute(
                "INSERT INTO booking (room_id, guest, arrives, leaves) VALUES (%s, %s, %s, %s)",
                (room_id, guest, arrives, leaves),
            )
    except UniqueViolation:
        return False
    return True
