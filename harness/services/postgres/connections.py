"""Connections to a server of ours, untouched by the environment's PG* variables."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from harness.services.postgres import settings
from harness.services.warm import State

Connection = psycopg.Connection[TupleRow]


def connect(state: State, role: str, database: str = "postgres", *, password: str | None = None) -> Connection:
    """An autocommitting connection. Raises psycopg.OperationalError."""
    # libpq fills whatever is left open here from PGOPTIONS, PGHOSTADDR, PGSSLMODE and their like.
    return psycopg.connect(
        host=state.host,
        hostaddr="127.0.0.1" if state.host in {"127.0.0.1", "localhost"} else None,
        port=state.port,
        user=role,
        password=state.passwords[role] if password is None else password,
        dbname=database,
        options="-c TimeZone=UTC",
        application_name="backend-labs",
        client_encoding="UTF8",
        sslmode="disable",  # loopback; the wheel's server has no OpenSSL anyhow
        gssencmode="disable",
        channel_binding="prefer",
        target_session_attrs="any",
        connect_timeout=5,
        autocommit=True,
        prepare_threshold=None,  # DISCARD ALL would take prepared statements away behind its back
    )


def set_password(connection: Connection, role: str, password: str) -> None:
    """Give a role a password, hashed as cheaply as `scram_iterations` in the server's settings says."""
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def set_up(connection: Connection, state: State) -> None:
    """Make roles and the register of databases on a new server, over the superuser's connection."""
    for role in (settings.READER, settings.LEARNER):
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(state.passwords[role])
            )
        )
    # A database is complete only when it stands in the register: CREATE DATABASE knows no transaction to undo it.
    connection.execute(
        """
        CREATE TABLE public.register (
            name text PRIMARY KEY,
            kind text NOT NULL,
            fingerprint text NOT NULL,
            used timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )
    connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
