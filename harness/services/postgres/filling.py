"""Putting a schema and rows into a database."""

from __future__ import annotations

import psycopg
from psycopg import sql

from harness.errors import BrokenLab, ServiceUnavailable
from harness.services.dataset import Dataset
from harness.services.postgres import settings
from harness.services.postgres.connections import Connection

# Copying the files beats copying through the log where nothing is ever flushed to disk.
STRATEGY = "file_copy"


# Whoever runs a lab's statements shares a role with the runs beside it, and could end their connections.
_KEEP_HANDS_OFF = (
    "REVOKE EXECUTE ON FUNCTION pg_terminate_backend(integer, bigint), pg_cancel_backend(integer) FROM PUBLIC"
)


def create(connection: Connection, schema: str) -> None:
    """Run a schema's DDL in an empty database; its tables belong to the learner, and the reader may SELECT from them.

    Raises BrokenLab where the server refuses it.
    """
    try:
        with connection.transaction():
            connection.execute(_KEEP_HANDS_OFF)
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(settings.LEARNER)))
            connection.execute(schema.encode())  # as bytes: a schema is a lab's file, not a literal of ours
            for (name,) in connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            ).fetchall():
                for grant in ("GRANT USAGE ON SCHEMA {} TO {}", "GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}"):
                    connection.execute(sql.SQL(grant).format(sql.Identifier(name), sql.Identifier(settings.READER)))
    except psycopg.Error as error:
        raise _broken("the lab's schema", error) from error


def load(connection: Connection, dataset: Dataset) -> None:
    """COPY a data set's rows into a database that has its schema, in order.

    Raises BrokenLab where they don't fit the schema.
    """
    table = ""
    try:
        with connection.transaction(), connection.cursor() as cursor:
            for table, rows in dataset.tables.items():
                target = sql.Identifier(*table.split("."))
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
                    for row in rows:
                        copy.write_row(row)
            _advance_sequences(connection)
            # Without it, plans would rest on guesses; autovacuum is off.
            for table in dataset.tables:
                connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(*table.split("."))))
    except psycopg.Error as error:
        raise _broken(f"the rows of {table} in data set {dataset.name!r}", error) from error


def _advance_sequences(connection: Connection) -> None:
    """Let the next number of each serial or identity column be one that no loaded row has."""
    columns = connection.execute(
        """
        SELECT owner_schema.nspname, owner.relname, attname, sequence.oid::bigint
        FROM pg_depend
        JOIN pg_class sequence ON sequence.oid = objid AND sequence.relkind = 'S'
        JOIN pg_class owner ON owner.oid = refobjid
        JOIN pg_namespace owner_schema ON owner_schema.oid = owner.relnamespace
        JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
        """
    ).fetchall()
    for schema, table, column, sequence in columns:
        connection.execute(
            sql.SQL("SELECT setval({}::regclass, (SELECT max({}) FROM {}))").format(
                sql.Literal(sequence), sql.Identifier(column), sql.Identifier(schema, table)
            )
        )


def _broken(what: str, error: psycopg.Error) -> Exception:
    """Whose fault a refusal is: the lab's, unless the server or its disk is the trouble (class 53, 57, 58 or none)."""
    if isinstance(error, psycopg.OperationalError):
        return error
    if not error.sqlstate:
        return ServiceUnavailable(f"{what} could not be loaded: {error}", "run it again")
    return BrokenLab(f"{what} can't be loaded: {error.diag.message_primary}", "mend the lab's files")
