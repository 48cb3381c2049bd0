"""Fresh databases, made before they are asked for and removed after nobody waits for it any more.

A test that writes takes 20 ms of the server's time for its database, and runs for 50: while it runs, the next one's
database is made and the last one's removed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from harness.services.postgres.connections import Connection
from harness.services.postgres.maker import Maker
from harness.services.postgres.register import Register


class Stock:
    """The fresh databases of this process, in the hands of one thread with a connection of its own.

    `connect` opens that connection. What goes wrong in the thread is raised where its result is asked for.
    """

    def __init__(self, connect: Callable[[str], Connection]) -> None:
        self._connect = connect
        self._thread = ThreadPoolExecutor(1, "fresh-databases")
        self._asked_for: set[str] = set()
        self._ahead: dict[str, Future[str]] = {}  # by schema
        self._control: Connection | None = None
        self._maker: Maker | None = None

    def take(self, schema: str) -> str:
        """Return the name of an empty database with this schema, for its caller alone."""
        ahead = self._ahead.pop(schema, None)
        name = (ahead or self._make(schema)).result()
        # Who has asked twice will ask again; most runs of one test won't.
        if schema in self._asked_for:
            self._ahead[schema] = self._make(schema)
        self._asked_for.add(schema)
        return name

    def drop(self, name: str) -> Future[None]:
        """Begin to remove a database."""
        return self._thread.submit(lambda: self._with_connection().drop(name))

    def close(self) -> None:
        """Remove what nobody has taken, and wait until all is done."""
        for ahead in self._ahead.values():
            self._thread.submit(self._drop_untaken, ahead)
        self._ahead.clear()
        self._thread.shutdown()
        if self._control is not None:
            self._control.close()

    def _make(self, schema: str) -> Future[str]:
        return self._thread.submit(lambda: self._with_connection().fresh(schema))

    def _drop_untaken(self, ahead: Future[str]) -> None:
        self._with_connection().drop(ahead.result())

    def _with_connection(self) -> Maker:
        """Return who makes databases; the thread connects when it is first needed, and again after a loss."""
        if self._maker is None or self._control is None or self._control.closed:
            self._control = self._connect("postgres")
            self._maker = Maker(self._control, Register(self._control), self._connect)
        return self._maker
