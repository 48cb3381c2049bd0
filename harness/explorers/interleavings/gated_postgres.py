"""A connection of psycopg's whose every step stops at a gate."""

from __future__ import annotations

import os
import socket
from typing import Any, TypeVar

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from harness.errors import ServiceUnavailable
from harness.explorers.interleavings import statements
from harness.explorers.interleavings.remarks import BY_ITSELF
from harness.explorers.interleavings.steps import Gate, Kind, Step
from harness.explorers.interleavings.world import current_gate

_Value = TypeVar("_Value")
_LETTING_GO = 20.0  # seconds for the server to end a session; it takes a millisecond
# What libpq says of a server that has hung up.
_LOST = "server closed the connection unexpectedly"
_SHARED = "one connection is used by two actors, or outside of its actor: each call has the one it was given"


class _OwnersOnly:
    """Stands where psycopg has a lock, at which an actor would wait for ever for one that waits for it."""

    def __init__(self, connection: GatedConnection) -> None:
        self._connection = connection

    def __enter__(self) -> bool:
        self._connection.refuse_others()
        return True

    def __exit__(self, *error: object) -> None:
        pass


class GatedConnection(psycopg.Connection[TupleRow]):
    """A connection that belongs to one actor. Without a gate it is an ordinary one, of one thread."""

    gate: Gate | None = None
    unseen = False  # what is sent now is no step
    splits = True  # a statement that commits by itself is two steps

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lock = _OwnersOnly(self)  # type: ignore[assignment] # all that psycopg does with it is `with`

    def refuse_others(self) -> Gate | None:
        """Return the gate of the actor that it belongs to and that is at work; refuse any other."""
        here, owner = current_gate(), self.gate
        if here is not owner:
            (here or owner).refuse(_SHARED)  # type: ignore[union-attr] # one of them is there
        return here

    def wait(self, gen: PQGen[_Value], *args: Any, **options: Any) -> _Value:
        """Send what psycopg wants to send, once there is leave to."""
        here = self.refuse_others()
        if here is None:
            return super().wait(gen, *args, **options)
        if self.unseen:
            return self._passed(here, gen)
        by_itself = statements.commits_by_itself(gen, self)
        if by_itself and self.splits:
            return self._in_two_steps(here, gen)
        text = statements.text_of(gen, self)
        if not text:
            return self._passed(here, gen)
        return self._step(here, gen, text, commits=by_itself)

    def lose(self) -> None:
        """Cut the connection, and return when the server has ended its session: its locks are gone by then."""
        if self.closed:
            return
        # Nothing more can be sent. The server ends the session, rolls back, and closes its side when all is done.
        with socket.socket(fileno=os.dup(self.pgconn.socket)) as ours:
            ours.settimeout(_LETTING_GO)
            try:
                ours.shutdown(socket.SHUT_WR)
                while ours.recv(1 << 16):
                    pass
            except TimeoutError:
                raise ServiceUnavailable("Postgres does not end a session that was cut off", "run it again") from None
            except OSError:
                pass  # the server has gone first
        self.pgconn.finish()

    def discard(self) -> None:
        """Forget all that was set on the server: past psycopg, which would have to be in autocommit for it."""
        self.wait(self._sent(b"DISCARD ALL"))

    def _in_two_steps(self, gate: Gate, generator: PQGen[_Value]) -> _Value:
        """Run a statement that commits by itself as what it is: it does its work, and then it commits.

        Between the two, others can already come across its locks, and can't see its rows: as on a busy server.
        """
        text = statements.text_of(generator, self)
        if not text:
            return self._passed(gate, generator)

        def opened() -> PQGen[_Value]:
            yield from self._sent(b"BEGIN")
            return (yield from generator)

        def undone() -> PQGen[None]:
            yield from self._sent(b"ROLLBACK")

        def kept() -> PQGen[None]:
            yield from self._sent(b"COMMIT")

        try:
            value = self._step(gate, opened(), text, statements.cursor_of(generator))
        except psycopg.Error:
            if not self.closed:
                self._passed(gate, undone())
            raise
        self._step(gate, kept(), BY_ITSELF)
        return value

    def _sent(self, command: bytes) -> PQGen[None]:
        self.pgconn.send_query(command)
        (result,) = yield from generators.execute(self.pgconn)
        if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)

    def _step(
        self, gate: Gate, generator: PQGen[_Value], text: str, cursor: Any = None, *, commits: bool = False
    ) -> _Value:
        kind: Kind = "commit" if commits or text.upper().startswith(("COMMIT", "END")) else "statement"
        ruling = gate.ask(Step(text, self.info.backend_pid, kind=kind))
        cursor = cursor or statements.cursor_of(generator)
        try:
            if ruling != "fails":
                value = self._passed(gate, generator)
            if ruling:
                self.lose()
                raise psycopg.OperationalError(_LOST)
        except psycopg.Error as error:
            gate.tell(statements.error_of(error, self))
            raise
        gate.tell(statements.result_of(cursor, self, text))
        return value

    def _passed(self, gate: Gate, generator: PQGen[_Value]) -> _Value:
        """Run the generator to its end, waiting for the server at the gate."""
        descriptor = self.pgconn.socket
        try:
            wanted = next(generator)
            while True:
                ready = gate.until_ready(descriptor, int(wanted))
                wanted = generator.send(psycopg.waiting.Ready(ready))
        except StopIteration as end:
            value: _Value = end.value
            return value
