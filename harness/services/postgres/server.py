"""A running PostgreSQL, and the databases on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from harness.errors import NoRoom, ServiceUnavailable
from harness.services.dataset import Dataset
from harness.services.leases import FileLock
from harness.services.postgres import connections, filling, settings, statement
from harness.services.postgres.connections import Connection
from harness.services.postgres.database import Database
from harness.services.postgres.maker import MOST_KEPT, Maker
from harness.services.postgres.readers import Readers
from harness.services.postgres.register import Register
from harness.services.postgres.stock import Stock
from harness.services.trouble import disk_is_full, full, lost
from harness.services.warm import Provider, State

_LONGEST_NAME = 63  # bytes, Postgres' own limit

_Result = TypeVar("_Result")


class PostgresServer:
    """A warm server that this process holds a lease on. `why` says in one sentence how it came to be this one.

    Every method raises ServiceUnavailable where the server is gone and NoRoom where its disk is full.
    """

    def __init__(self, state: State, lease: FileLock, control: Connection, why: str) -> None:
        self.provider: Provider = state.provider
        self.version = state.version
        self.why = why
        self.readers = Readers(state)
        self._state = state
        self._lease = lease
        self._control = control
        self._register = Register(control)
        self._maker = Maker(control, self._register, self._enter)
        self._stock = Stock(self._enter)

    def __repr__(self) -> str:
        """Without the passwords."""
        return f"PostgresServer({self.provider} {self.version}, port {self._state.port})"

    def dataset(self, dataset: Dataset) -> Database:
        """A database that holds exactly this data, to be read only.

        It is made once for each fingerprint and kept between runs: nobody who gets it can write to it, so it is as
        good as new for every test. Databases beyond 24 go, least recently used first, unless a run uses them.
        """
        name = f"data_{dataset.fingerprint[:24]}"
        if not self._register.has_used(name):
            self._guarded(lambda: self._dataset(name, dataset))
        return Database(name, dataset, self)

    def fresh(self, schema: str) -> Database:
        """An empty database with this schema for one test that writes; `drop()` and `let_go()` remove it."""
        return Database(self._guarded(lambda: self._stock.take(schema)), None, self)

    def keep(self, database: Database, name: str) -> str:
        """A copy of a database with a data set for the learner to open and change; returns its name on the server.

        Where it is there and holds the same data set, it is left as the learner left it. `name` is any text. The
        server keeps the last so many, and those that somebody is connected to: each takes 8 MB.
        """
        dataset = database.dataset
        if dataset is None:
            raise ValueError(f"{database!r} holds no data set")
        full_name = kept_name(name)
        self._guarded(lambda: self._keep(full_name, dataset))
        return full_name

    def kept(self) -> list[str]:
        """The names of the databases kept for the learner."""
        return self._guarded(lambda: self._register.names("kept"))

    @property
    def control(self) -> Connection:
        """A superuser's connection, for what is the same in all databases; it isn't the caller's to close."""
        return self._control

    def connect(self, database: str, role: str) -> Connection:
        """A connection under one of the roles of `settings`. The caller closes it."""
        return self._guarded(lambda: connections.connect(self._state, role, database))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.readers.close(name)
        self._guarded(lambda: self._stock.drop(name).result())

    def let_go(self, name: str) -> None:
        """Remove a database while this process does something else, until `close` at the latest."""
        self.readers.close(name)
        self._stock.drop(name)

    def address(self, database: str, role: str = settings.LEARNER) -> str:
        """A URL with the password in it, for graphical clients."""
        return f"postgresql://{role}:{self._state.passwords[role]}@{self._state.host}:{self._state.port}/{database}"

    def conninfo(self, database: str, role: str) -> str:
        """All that libpq needs to connect as `connect` does, for whoever connects in their own way."""
        return make_conninfo("", **connections.parameters(self._state, role, database))

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps the server from serving, or None."""
        if not connections.answers(self._state.host, self._state.port):
            return lost("Postgres")
        return full("PostgreSQL") if disk_is_full(self._state) else None

    def close(self) -> None:
        """Let go of the server; it stays warm."""
        self.readers.close()
        self._stock.close()
        self._control.close()
        self._lease.release()

    def _guarded(self, work: Callable[[], _Result]) -> _Result:
        """Run the work and turn the server's refusals into the verdicts they mean."""
        try:
            return work()
        except psycopg.errors.DiskFull as error:
            raise NoRoom(
                f"Postgres' data folder ran full: {error.diag.message_primary}",
                "labs down, or set LABS_DATA to a folder with more room",
            ) from error
        except psycopg.OperationalError as error:
            raise statement.lost(error) from error

    def _enter(self, database: str) -> Connection:
        return connections.connect(self._state, settings.SUPERUSER, database)

    def _dataset(self, name: str, dataset: Dataset) -> None:
        register = self._register
        register.share(name)  # while this process lives, nobody drops it
        if register.use(name, dataset.fingerprint):
            return
        template = self._maker.template(dataset.schema)
        with register.alone("build", name):
            if register.use(name, dataset.fingerprint):
                return
            self._maker.clone(name, template, owner=settings.SUPERUSER, reader=settings.READER)
            self._maker.fill(name, lambda connection: filling.load(connection, dataset))
            register.add(name, "data", dataset.fingerprint)
        for old in register.unused("data", beyond=MOST_KEPT):
            self._maker.drop_if_unused(old)

    def _keep(self, name: str, dataset: Dataset) -> None:
        with self._register.alone("build", name):
            if self._register.use(name, dataset.fingerprint):
                return
            template = self._maker.template(dataset.schema)
            self._maker.clone(name, template, owner=settings.LEARNER, reader=settings.LEARNER)
            self._maker.fill(name, lambda connection: filling.load(connection, dataset))
            self._control.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(name), sql.Literal(f"data set {dataset.name!r}, {dataset.fingerprint}")
                )
            )
            self._register.add(name, "kept", dataset.fingerprint)
        for old in self._register.unused("kept", beyond=MOST_KEPT):
            # Its test makes it again. Whoever looks at one keeps it.
            with self._register.alone("build", old):
                if not self._maker.is_entered(old):
                    self._maker.drop(old)


def kept_name(name: str) -> str:
    """The name on the server of the kept database that a person calls `name`."""
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    full = plain if plain.startswith("kept_") else f"kept_{plain}"
    if len(full) > _LONGEST_NAME:
        full = f"{full[: _LONGEST_NAME - 9]}_{hashlib.sha256(full.encode()).hexdigest()[:8]}"
    return full
