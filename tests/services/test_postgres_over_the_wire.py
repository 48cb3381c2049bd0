"""What the faults of the wire look like to a client of Postgres."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from harness.explorers import Wire

DEADLINE = 60.0  # seconds


@dataclass(frozen=True)
class Ledger:
    """A table with one text column, written over the wire and looked at directly."""

    wire: Wire
    address: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.address, host=self.wire.host, port=self.wire.port, autocommit=True)

    def entries(self) -> list[str]:
        with psycopg.connect(self.address) as direct:
            return [text for (text,) in direct.execute("SELECT text FROM ledger ORDER BY text")]


@pytest.fixture
def ledger(server) -> Iterator[Ledger]:
    """An empty ledger on each provider's Postgres, behind a wire."""
    database = server.fresh("CREATE TABLE ledger (text text);")
    address = server.address(database.name)
    parts = conninfo_to_dict(address)
    with Wire((str(parts["host"]), int(str(parts["port"])))) as wire:
        yield Ledger(wire, address)
    database.drop()


@pytest.mark.parametrize(
    ("lost", "size", "written"),
    [
        ("the answer", 0, ["paid"]),
        ("the rest of the answer", 5, ["paid"]),
        ("the request", 0, []),
        ("the rest of the request", 10, []),
    ],
)
def test_a_client_cannot_tell_a_lost_answer_from_a_lost_request(ledger, lost, size, written):
    """The same error, whether the statement was carried out or has never arrived."""
    with ledger.connect() as connection:
        ledger.wire.cut_after(size, "to_client" if "answer" in lost else "to_server")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("INSERT INTO ledger VALUES ('paid')")
        assert connection.broken
    assert ledger.entries() == written


def test_a_commit_takes_effect_while_its_answer_is_underway(ledger, eventually):
    """Others see what the client still waits for; when the answer gets through, all is well."""
    with ledger.connect() as connection:
        ledger.wire.blackhole("to_client")
        waiting = threading.Thread(target=connection.execute, args=("INSERT INTO ledger VALUES ('paid')",), daemon=True)
        waiting.start()
        eventually(lambda: ledger.entries() == ["paid"])
        assert waiting.is_alive()
        ledger.wire.restore()
        waiting.join(DEADLINE)
        assert connection.execute("SELECT text FROM ledger").fetchall() == [("paid",)]


def test_postgres_clients_are_refused_and_let_in_again(ledger):
    """A new connection meets a refused port, and later the same port with the server behind it."""
    ledger.wire.refuse()
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        ledger.connect()
    ledger.wire.restore()
    with ledger.connect() as connection:
        connection.execute("INSERT INTO ledger VALUES ('paid')")
    assert ledger.entries() == ["paid"]


def test_a_cut_ends_a_transaction_that_was_open(ledger):
    """What wasn't committed when the wire was cut never happens."""
    with ledger.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO ledger VALUES ('paid')")
        ledger.wire.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("COMMIT")
    assert ledger.entries() == []
