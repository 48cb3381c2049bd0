"""One statement of a learner's: run exactly as it stands, read in pieces, turned into a Table."""

from __future__ import annotations

import selectors
import time

import psycopg
from psycopg import pq
from psycopg.abc import Transformer
from psycopg.adapt import Transformer as LoadingTransformer

from harness.errors import NoRoom, ServiceUnavailable
from harness.services.postgres.connections import Connection, hung
from harness.services.postgres.errors import QueryFailed, QueryTooSlow, TooManyRows
from harness.table import Column, Table

_ROWS_AT_A_TIME = 100
_MOST_BYTES = 64 * 1024 * 1024
_GRACE = 20.0  # seconds beyond the statement's own, after which a silent server counts as lost

_TIMED_OUT = "57014"
_DISK_FULL = "53100"
_TOO_MUCH_ON_THE_WAY = "53400"  # more rows on the way than temp_file_limit has room for
_SERVER_ENDS = {"57P01", "57P02", "57P03"}

# As Postgres' documentation abbreviates them; every other type goes by the name that `format_type` gives.
_SHORT_NAMES = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "text",
    700: "real",
    701: "double precision",
    1005: "smallint[]",
    1007: "integer[]",
    1009: "text[]",
    1016: "bigint[]",
    1042: "char",
    1043: "varchar",
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1182: "date[]",
    1184: "timestamptz",
    1186: "interval",
    1231: "numeric[]",
    1266: "timetz",
    1700: "numeric",
}


def run(connection: Connection, text: str, *, seconds: float, most_rows: int) -> Table:
    """Run one statement on a connection in a transaction and give its rows, of at most `most_rows`.

    Raises QueryFailed, QueryTooSlow, TooManyRows, ServiceUnavailable, NoRoom. After an error the connection may be in
    the middle of a result: close it.
    """
    libpq = connection.pgconn
    # The extended protocol takes one statement only: the server itself refuses a second. And without psycopg's
    # parameters a % in the text is just a %. psycopg's own cursors give no columns for a stream without rows.
    libpq.send_query_params(_encoded(text), None)
    _in_pieces(libpq)
    deadline = time.monotonic() + seconds + _GRACE
    transformer: Transformer = LoadingTransformer(connection)
    header: list[tuple[str, int]] | None = None
    rows: list[tuple[object, ...]] = []
    size = 0
    while (result := _next_result(libpq, deadline)) is not None:
        if result.status in {pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE}:
            raise _error(connection, result, seconds)
        if result.status not in {
            pq.ExecStatus.TUPLES_OK,
            pq.ExecStatus.SINGLE_TUPLE,
            pq.ExecStatus.TUPLES_CHUNK,
        }:
            raise _no_rows(result)
        transformer.set_pgresult(result)
        if header is None:
            header = [((result.fname(n) or b"").decode(), result.ftype(n)) for n in range(result.nfields)]
        size += _long_values(result)
        rows += _load(transformer, result)
        if len(rows) > most_rows:
            raise TooManyRows(most_rows)
        if size > _MOST_BYTES:
            raise TooManyRows(most_rows, f"the statement gave more than {_MOST_BYTES // 2**20} MB of text")
    if header is None:
        raise ServiceUnavailable("the server gave no answer", "run it again")
    names = _type_names(connection, {oid for _, oid in header})
    return Table(tuple(Column(name, names[oid]) for name, oid in header), tuple(rows))


def _encoded(text: str) -> bytes:
    """The text as bytes. libpq would silently end it at a NUL, and Postgres knows no lone surrogate."""
    for position, character in enumerate(text, start=1):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise QueryFailed("22021", f"the character U+{ord(character):04X} can't stand in SQL", position=position)
    return text.encode()


def _in_pieces(libpq: pq.abc.PGconn) -> None:
    """Ask for the result in pieces, so that a billion rows never are in memory at once."""
    if pq.version() >= 170000:  # noqa: PLR2004 - libpq 17
        libpq.set_chunked_rows_mode(_ROWS_AT_A_TIME)
    else:
        libpq.set_single_row_mode()


def _next_result(libpq: pq.abc.PGconn, deadline: float) -> pq.abc.PGresult | None:
    """The next piece, or None at the end. Waits in Python, so that Ctrl-C gets through."""
    try:
        while libpq.flush():
            _wait(libpq, selectors.EVENT_READ | selectors.EVENT_WRITE, deadline)
            libpq.consume_input()
        while libpq.is_busy():
            _wait(libpq, selectors.EVENT_READ, deadline)
            libpq.consume_input()
    except psycopg.OperationalError as error:
        raise lost(error) from error
    return libpq.get_result()


def _wait(libpq: pq.abc.PGconn, events: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(libpq.socket, events)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise hung()


def lost(error: psycopg.Error) -> ServiceUnavailable:
    """The verdict where the connection broke."""
    first = str(error).strip().split("\n", 1)[0]
    return ServiceUnavailable(f"the Postgres server was lost: {first}", "run it again: a new one will be started")


def _type_names(connection: Connection, oids: set[int]) -> dict[int, str]:
    """The short name of each type; the server is asked only for those that a schema has made, or that are rare."""
    unknown = list(oids - _SHORT_NAMES.keys())
    if not unknown:
        return _SHORT_NAMES
    asked = connection.execute("SELECT oid::bigint, format_type(oid, NULL) FROM pg_type WHERE oid = ANY(%s)", [unknown])
    return {**dict.fromkeys(unknown, "unknown"), **_SHORT_NAMES, **{int(oid): str(name) for oid, name in asked}}


def _long_values(result: pq.abc.PGresult) -> int:
    """The bytes in columns whose values have no fixed size: only those can be huge."""
    columns = [column for column in range(result.nfields) if result.fsize(column) < 0]
    return sum(len(result.get_value(row, column) or b"") for column in columns for row in range(result.ntuples))


def _load(transformer: Transformer, result: pq.abc.PGresult) -> list[tuple[object, ...]]:
    """The rows as Python values. A value that Python has no room for (infinity, the year 10000) stays text."""
    try:
        return transformer.load_rows(0, result.ntuples, tuple)
    except psycopg.DataError:
        return [
            tuple(_value(transformer, result, row, column) for column in range(result.nfields))
            for row in range(result.ntuples)
        ]


def _value(transformer: Transformer, result: pq.abc.PGresult, row: int, column: int) -> object:
    raw = result.get_value(row, column)
    if raw is None:
        return None
    try:
        return transformer.get_loader(result.ftype(column), pq.Format.TEXT).load(raw)
    except psycopg.DataError:
        return bytes(raw).decode(errors="replace")


def _error(connection: Connection, result: pq.abc.PGresult, seconds: float) -> Exception:
    def field(code: pq.DiagnosticField) -> str:
        return (result.error_field(code) or b"").decode(errors="replace")

    sqlstate = field(pq.DiagnosticField.SQLSTATE)
    message = field(pq.DiagnosticField.MESSAGE_PRIMARY)
    if sqlstate in {_TIMED_OUT, _TOO_MUCH_ON_THE_WAY}:
        # It depends on the machine which of the two comes first: no statement that ends in time writes that much.
        return QueryTooSlow(seconds)
    if sqlstate == _DISK_FULL:
        return NoRoom(f"Postgres' data folder ran full: {message}", "labs down, or set LABS_DATA to a larger folder")
    if sqlstate in _SERVER_ENDS or not sqlstate or connection.pgconn.status == pq.ConnStatus.BAD:
        text = message or (result.error_message or b"").decode(errors="replace")
        return lost(psycopg.OperationalError(text))
    position = field(pq.DiagnosticField.STATEMENT_POSITION)
    return QueryFailed(
        sqlstate,
        message,
        detail=field(pq.DiagnosticField.MESSAGE_DETAIL),
        hint=field(pq.DiagnosticField.MESSAGE_HINT),
        position=int(position) if position else None,
    )


def _no_rows(result: pq.abc.PGresult) -> QueryFailed:
    if result.status == pq.ExecStatus.EMPTY_QUERY:
        return QueryFailed("", "there is no statement: nothing but blanks and comments")
    command = (result.command_status or b"").decode().split(" ", 1)[0] or "COPY"
    return QueryFailed("", f"{command} gives no rows: a SELECT is wanted")
