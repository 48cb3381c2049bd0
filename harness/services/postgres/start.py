"""Getting a PostgreSQL to work with."""

from __future__ import annotations

import psycopg

from harness.services.leases import FileLock
from harness.services.postgres import connections, settings
from harness.services.postgres.docker import PostgresContainer
from harness.services.postgres.embedded import PostgresEmbedded
from harness.services.postgres.server import PostgresServer
from harness.services.provide import Choice, Service, provide
from harness.services.recipes import NoAnswer, Say
from harness.services.warm import State


def _open(state: State, lease: FileLock, why: str) -> PostgresServer:
    try:
        return PostgresServer(state, lease, connections.connect(state, settings.SUPERUSER), why)
    except psycopg.OperationalError as error:
        raise NoAnswer from error


SERVICE = Service("postgres", "PostgreSQL", PostgresEmbedded, PostgresContainer, _open)


def start_postgres(choice: Choice, *, say: Say) -> PostgresServer:
    """Return a PostgreSQL; arguments and errors are those of `provide`."""
    return provide(SERVICE, choice, say=say)
