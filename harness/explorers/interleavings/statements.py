"""What psycopg is about to do: read from the generator that it hands to `Connection.wait`.

All of psycopg's traffic passes `wait` as a generator. Its name and its local variables tell what it is; they are
psycopg's own business, so the tests run every kind of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import FrameType
from typing import Any

import psycopg
from psycopg import pq, sql

from harness.explorers.interleavings.steps import Result
from harness.explorers.interleavings.timers import MENTIONED

# Nothing that another session could see or wait for: these happen together with whatever comes next. (A snapshot is
# taken by the first statement after BEGIN, not by BEGIN.)
_UNSEEN = re.compile(
    r"\s*(begin|start\s+transaction|set|show|savepoint|release|reset|discard\s+plans|deallocate|close)\b", re.IGNORECASE
)
_SELF_CONTAINED = {"_execute_gen", "_executemany_gen_pipeline", "_executemany_gen_no_pipeline", "_stream_send_gen"}
_MOST_CHARACTERS = 400
_MOST_VALUES = 4  # of a row that is shown instead of being counted
_LONGEST_VALUE = 24


def text_of(generator: Any, connection: psycopg.Connection[Any]) -> str:  # noqa: PLR0911 - one for each kind
    """Return what the generator is about to send, on one line; an empty text where nobody could notice it."""
    name: str = generator.__name__
    variables = _variables_of(generator)
    idle = connection.info.transaction_status == pq.TransactionStatus.IDLE
    if "query" in variables:
        text = _with_values(variables["query"], variables.get("params"), connection)
        if name.startswith("_executemany"):
            text += " (many)"
        return "" if _UNSEEN.match(text) and ";" not in text.rstrip("; ") else text
    if name == "_commit_gen":
        return "" if idle else "COMMIT"
    if name == "_rollback_gen":
        return "" if idle else "ROLLBACK"
    if name == "_exit_gen" and isinstance(variables["self"], psycopg.Pipeline):
        return ""  # the end of an executemany, whose statements have been let through
    if name == "_exit_gen":  # the end of `with connection.transaction()`
        transaction = variables["self"]
        undone = variables.get("exc_val") is not None or transaction.force_rollback
        if not transaction._outer_transaction:  # noqa: SLF001 - nothing public tells a savepoint from a transaction
            return f"ROLLBACK TO {transaction.savepoint_name}" if undone else ""
        return "ROLLBACK" if undone else "COMMIT"
    if name == "_enter_gen" or (name.startswith("_set_") and name.endswith("_gen")):
        return ""
    if name.startswith("_tpc_"):
        return name.strip("_").removesuffix("_gen").replace("_", " ").upper()
    return name.strip("_").removesuffix("_gen").replace("_", " ")


def commits_by_itself(generator: Any, connection: psycopg.Connection[Any]) -> bool:
    """Return whether this is a statement that the server would commit by itself, as it is outside a transaction."""
    idle = connection.info.transaction_status == pq.TransactionStatus.IDLE
    return connection.autocommit and idle and generator.__name__ in _SELF_CONTAINED


def mentions_a_timer(generator: Any) -> bool:
    """Return whether the words or the values of what is about to be sent name a timer that ends what waits."""
    variables = _variables_of(generator)
    return MENTIONED.search(f"{variables.get('query')} {variables.get('params')}") is not None


def result_of(cursor: Any, connection: psycopg.Connection[Any], text: str) -> Result:
    """Return what came of a step that went well; `cursor` is the one it was run on, if it was run on one."""
    opened = connection.info.transaction_status != pq.TransactionStatus.IDLE
    result = getattr(cursor, "pgresult", None)
    if result is None:
        return Result("", open=opened)
    if result.status == pq.ExecStatus.TUPLES_OK:
        return Result(_rows(result), open=opened)
    status = (result.command_status or b"").decode()
    if status == "ROLLBACK" and text.upper().startswith(("COMMIT", "END")):
        return Result("ROLLBACK: the transaction had failed", open=opened)
    tuples = result.command_tuples
    return Result("" if tuples is None else _counted(tuples), open=opened)


def error_of(error: BaseException, connection: psycopg.Connection[Any]) -> Result:
    """Return what came of a step that failed."""
    opened = not connection.closed and connection.info.transaction_status != pq.TransactionStatus.IDLE
    diagnosis = getattr(error, "diag", None)
    message = getattr(diagnosis, "message_primary", None) or str(error).partition("\n")[0]
    return Result(
        message[:_MOST_CHARACTERS], error=getattr(error, "sqlstate", None) or type(error).__name__, open=opened
    )


def cursor_of(generator: Any) -> Any:
    """Return the cursor that a generator works on, or None. To be asked before it has ended."""
    found = _variables_of(generator).get("self")
    return found if isinstance(found, psycopg.Cursor) else None


def _variables_of(generator: Any) -> Mapping[str, Any]:
    """Return the local variables of a generator; none where it has ended, or is none."""
    frame: FrameType | None = getattr(generator, "gi_frame", None)
    return frame.f_locals if frame is not None else {}


def _with_values(query: Any, values: Any, connection: psycopg.Connection[Any]) -> str:
    """Return the statement as the server could read it, comments and all blanks folded."""
    if isinstance(query, sql.Composable):
        text = query.as_string(connection)
    else:
        text = query.decode(errors="replace") if isinstance(query, bytes) else str(query)
    if values is not None:
        try:
            text = psycopg.ClientCursor(connection).mogrify(text, values)
        except Exception:  # noqa: BLE001 - the very same error will reach the learner from the statement itself
            text = f"{text} {values!r}"
    text = re.sub(r"--[^\n]*", " ", text)
    text = " ".join(text.split())
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _rows(result: pq.abc.PGresult) -> str:
    count, width = result.ntuples, result.nfields
    if count != 1 or not 0 < width <= _MOST_VALUES:
        return _counted(count)
    values = [_value(result.get_value(0, column)) for column in range(width)]
    return ", ".join(values)


def _value(raw: bytes | None) -> str:
    if raw is None:
        return "NULL"
    text = " ".join(bytes(raw).decode(errors="replace").split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _counted(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
