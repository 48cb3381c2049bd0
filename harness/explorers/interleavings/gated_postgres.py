"""A connection of psycopg's whose every step stops at a gate."""

from __future__ import annotations

import os
import socket
from typing import Any, TypeVar

import psycopg
from psycopg import generators, pq
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from harness.errors import ServiceUnavailable
from harness.explorers.interleavings import statements, timers
from harness.explorers.interleavings.remarks import BY_ITSELF
from harness.explorers.interleavings.steps import Gate, Kind, Step
from harness.explorers.interleavings.world import current_gate

_Value = TypeVar("_Value")
_LETTING_GO = 20.0  # seconds for the server to end a session; it takes a millisecond
# What libpq says of a server that has hung up.
_LOST = "server closed the connection unexpectedly"
_TIMER_AMID = (
    "it sets lock_timeout or statement_timeout together with other statements, or sends a pipeline (as executemany "
    "does) while one is set: send one statement at a time"
)
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
    has_timers = False  # a timer was mentioned, so that one may be on

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
        if self.splits and statements.mentions_a_timer(gen):  # else nobody comes between, and a timer is left alone
            self.has_timers = True
            if ";" in statements.text_of(gen, self).rstrip("; "):
                here.refuse(_TIMER_AMID)
        by_itself = statements.commits_by_itself(gen, self)
        if by_itself and self.splits:
            return self._in_two_steps(here, gen)
        text = statements.text_of(gen, self)
        if text:
            return self._step(here, gen, text, commits=by_itself)
        return self._unseen(here, gen)

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
        self.has_timers = False

    def _in_two_steps(self, gate: Gate, generator: PQGen[_Value]) -> _Value:
        """Run a statement that commits by itself as what it is: it does its work, and then it commits.

        Between the two, others can already come across its locks, and can't see its rows: as on a busy server.
        """
        text = statements.text_of(generator, self)
        if not text:
            return self._unseen(gate, generator)

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

    def _sent(self, commands: bytes) -> PQGen[list[str]]:
        """Send commands past psycopg, and return the values that they show."""
        self.pgconn.send_query(commands)
        results = yield from generators.execute(self.pgconn)
        for result in results:
            if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
                raise psycopg.errors.error_from_result(result)
        return [(result.get_value(0, 0) or b"").decode() for result in results if result.ntuples]

    def _unseen(self, gate: Gate, generator: PQGen[_Value]) -> _Value:
        """Let through what nobody could notice, but for a timer that it sets, to less than the next thing takes."""
        sets_a_timer = statements.mentions_a_timer(generator)  # no longer known when it has run
        value = self._passed(gate, generator)
        if sets_a_timer:
            self._timers(gate)
        return value

    def _timers(self, gate: Gate) -> list[str]:
        """Return the names of the timers that are on, having seen to it that none runs out."""
        if not self.has_timers:
            return []
        if self.pgconn.pipeline_status != pq.PipelineStatus.OFF:
            gate.refuse(_TIMER_AMID)
        if self.info.transaction_status not in (pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS):
            return []  # nothing can be asked there: it has failed, or copies
        try:
            values = dict(zip(timers.TIMERS, self._passed(gate, self._sent(timers.READ)), strict=True))
            on = [name for name, value in values.items() if value != "0"]
            if any(values[name] != timers.NEVER for name in on):
                self._set(gate, on, timers.NEVER)
        except psycopg.errors.QueryCanceled:  # up to here, it was the call's own value that counted
            gate.refuse(timers.TOO_EARLY)
        return on

    def _set(self, gate: Gate, names: list[str], value: str) -> None:
        """Set timers: in a transaction for as long as that lasts, as what it sets is undone with it."""
        local = self.info.transaction_status == pq.TransactionStatus.INTRANS
        self._passed(gate, self._sent(timers.setting(names, value, local=local)))

    def _step(
        self, gate: Gate, generator: PQGen[_Value], text: str, cursor: Any = None, *, commits: bool = False
    ) -> _Value:
        kind: Kind = "commit" if commits or text.upper().startswith(("COMMIT", "END")) else "statement"
        on = self._timers(gate)
        ruling = gate.ask(Step(text, self.info.backend_pid, kind=kind, impatient=bool(on)))
        cursor = cursor or statements.cursor_of(generator)
        try:
            if ruling in timers.SHORT:
                self._set(gate, on[:1], timers.SHORT[ruling])
            if ruling != "fails":
                value = self._passed(gate, generator)
            if ruling and ruling not in timers.SHORT:
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
