"""Makes databases on a server and removes them, over one control connection."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from psycopg import sql

from harness.services.dataset import schema_fingerprint
from harness.services.postgres import filling, settings
from harness.services.postgres.connections import Connection
from harness.services.postgres.register import Register

# Databases of a kind that are kept on a server: one lab uses about ten data sets. Each takes 8 MB.
MOST_KEPT = 24
_ENDING = 20.0  # seconds for sessions that were told to end; after that DROP DATABASE waits for five more, and fails


class Maker:
    """Makes and removes the databases of one server. Its methods raise what psycopg does, and BrokenLab.

    `enter` connects a superuser to the database that it names; `control` is such a connection to `postgres`.
    """

    def __init__(self, control: Connection, register: Register, enter: Callable[[str], Connection]) -> None:
        self._control = control
        self._register = register
        self._enter = enter

    def fresh(self, schema: str) -> str:
        """Make an empty database with this schema, and return its name, which no other has had."""
        name = f"fresh_{secrets.token_hex(8)}"
        self._register.share(name)
        self._copy(name, self.template(schema), owner=settings.LEARNER, reader=settings.LEARNER)
        self._register.add(name, "fresh", "")
        # What a killed run has left behind.
        for old in self._register.unused("fresh", beyond=MOST_KEPT):
            self.drop_if_unused(old)
        return name

    def template(self, schema: str) -> str:
        """Return the name of the template with this schema, made where there is none."""
        fingerprint = schema_fingerprint(schema)
        name = f"template_{fingerprint}"
        register = self._register
        register.share(name)
        if register.use(name, fingerprint):
            return name
        with register.alone("build", name):
            if not register.use(name, fingerprint):
                self.clone(name, "template0", owner=settings.LEARNER, reader=settings.LEARNER)
                self.fill(name, lambda connection: filling.create(connection, schema))
                # A template that somebody is connected to can't be cloned.
                self._control.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
                register.add(name, "template", fingerprint)
        for old in register.unused("template", beyond=MOST_KEPT):
            self.drop_if_unused(old)
        return name

    def clone(self, name: str, template: str, *, owner: str, reader: str) -> None:
        """Make a database that only its owner and one role may enter."""
        self.drop(name)  # half a database, of a run that was killed
        self._copy(name, template, owner=owner, reader=reader)

    def fill(self, name: str, put_in: Callable[[Connection], None]) -> None:
        """Fill a new database over a connection to it; when this returns, the server knows that nobody is in it.

        A session that has hung up is in its database for a moment longer: meanwhile nobody can clone it, and whoever
        looks whether somebody is connected finds that session.
        """
        with self._enter(name) as connection:
            put_in(connection)
        self._send_away(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._register.forget(name)
        self._send_away(name)
        self._control.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def is_entered(self, name: str) -> bool:
        """Whether somebody is connected to a database."""
        return self._control.execute("SELECT FROM pg_stat_activity WHERE datname = %s", (name,)).rowcount > 0

    def drop_if_unused(self, name: str) -> None:
        """Remove a database unless a process shares it."""
        with self._register.unless_shared(name) as nobody_has_it:
            if nobody_has_it:
                self.drop(name)

    def _copy(self, name: str, template: str, *, owner: str, reader: str) -> None:
        database = sql.Identifier(name)
        # Copying through the log is slower for a database of this size only where the log is flushed.
        create = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY {}"
        self._control.execute(
            sql.SQL(create).format(
                database, sql.Identifier(template), sql.Identifier(owner), sql.Identifier(filling.STRATEGY)
            )
        )
        self._control.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        self._control.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(reader)))

    def _send_away(self, name: str) -> None:
        """End all sessions of a database, those that are ending already too: DROP DATABASE would look every 100 ms."""
        deadline = time.monotonic() + _ENDING
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        while self._control.execute(ending, (name,)).rowcount and time.monotonic() < deadline:
            pass
