"""Locks in a subquery of the UPDATE: the rows are locked in order, and counted as they are after the wait."""


def leave_shift(connection, ward, doctor):
    connection.autocommit = True
    changed = connection.execute(
        """
        WITH held AS MATERIALIZED (
            SELECT doctor FROM duty WHERE ward = %(ward)s AND on_call ORDER BY doctor FOR UPDATE
        )
        UPDATE duty SET on_call = false
        WHERE ward = %(ward)s AND doctor = %(doctor)s
          AND doctor IN (SELECT doctor FROM held) AND (SELECT count(*) FROM held) > 1
        """,
        {"ward": ward, "doctor": doctor},
    )
    return changed.rowcount == 1
