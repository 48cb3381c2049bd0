"""Connections to a server of ours, untouched by the environment's PG* variables."""

from __future__ import annotations

import functools
import socket
import time
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from harness.errors import ServiceUnavailable
from harness.services.postgres import settings
from harness.services.warm import State

Connection = psycopg.Connection[TupleRow]

_CONNECTING = 5  # seconds
_SILENCE = 5.0  # seconds without a word from the server, after which it is asked whether it still lives
_PATIENCE = 10.0  # seconds for the answer; it takes a millisecond
_SSL_REQUEST = bytes([0, 0, 0, 8, 4, 210, 22, 47])

_Result = TypeVar("_Result")


class _Watched(psycopg.Connection[TupleRow]):
    """A connection that waits for a slow server, and not for one that hangs: a paused container, a stopped process.

    To the kernel, and so to every timeout of TCP's, a server that hangs looks like one that thinks. Where it hangs,
    ServiceUnavailable is raised.
    """

    def wait(self, gen: PQGen[_Result], *args: Any, **options: Any) -> _Result:
        """Wait as psycopg does; it comes back to the generator every tenth of a second."""
        return super().wait(self._while_alive(gen), *args, **options)

    def _while_alive(self, gen: PQGen[_Result]) -> PQGen[_Result]:
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > _SILENCE:
                    if not answers(self.info.host, self.info.port):
                        self.pgconn.finish()
                        raise hung()
                    heard = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _Result = end.value
            return result


def hung() -> ServiceUnavailable:
    """The verdict where the server is there and says nothing."""
    return ServiceUnavailable("the Postgres server stopped answering", "labs down, and run it again")


def answers(host: str, port: int) -> bool:
    """Whether a server says anything at all there: this question comes before who one is, and whether there is room."""
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE) as connection:
            connection.sendall(_SSL_REQUEST)
            return bool(connection.recv(1))
    except OSError:
        return False


@functools.cache
def _address(host: str) -> str:
    """The host's address, by IPv4 as Docker publishes ports: `localhost` could also mean ::1."""
    return socket.gethostbyname(host)


def parameters(state: State, role: str, database: str, *, password: str | None = None) -> dict[str, Any]:
    """What libpq needs to know: all that it would else fill from PGOPTIONS, PGHOSTADDR, PGSSLMODE and their like."""
    return {
        "host": state.host,
        "hostaddr": _address(state.host),
        "port": state.port,
        "user": role,
        "password": state.passwords[role] if password is None else password,
        "dbname": database,
        "options": "-c TimeZone=UTC",
        "application_name": "backend-labs",
        "client_encoding": "UTF8",
        "sslmode": "disable",  # loopback; the wheel's server has no OpenSSL anyhow
        "gssencmode": "disable",
        "channel_binding": "prefer",
        "target_session_attrs": "any",
        "connect_timeout": _CONNECTING,
    }


def connect(state: State, role: str, database: str = "postgres", *, password: str | None = None) -> Connection:
    """An autocommitting connection. Raises psycopg.OperationalError; ServiceUnavailable where there are too many."""
    try:
        return _Watched.connect(
            **parameters(state, role, database, password=password),
            autocommit=True,
            prepare_threshold=None,  # DISCARD ALL would take prepared statements away behind its back
        )
    except psycopg.OperationalError as error:
        # libpq gives no SQLSTATE for it. A server that is full lives: nobody may take it for dead and end it.
        if any(words in str(error) for words in ("too many clients", "connection slots are reserved")):
            raise ServiceUnavailable(
                f"all {settings.SETTINGS['max_connections']} connections of the Postgres server are taken",
                "run fewer tests at once: pytest -n 8",
            ) from error
        raise


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
        # For the interleaving explorer: who closes a circle of waits is found at once, and always the same.
        connection.execute(sql.SQL("GRANT SET ON PARAMETER deadlock_timeout TO {}").format(sql.Identifier(role)))
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
