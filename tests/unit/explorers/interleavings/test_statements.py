"""What psycopg is about to do, read from its generators: without a server, from the generators themselves."""

import psycopg
import pytest
from psycopg import pq, sql

from harness.explorers.interleavings import statements


class Named:
    """A generator function's frame, as psycopg's have it."""

    def __init__(self, status):
        self.info = type("Info", (), {"transaction_status": status})
        self.autocommit = True


IDLE, OPEN = Named(pq.TransactionStatus.IDLE), Named(pq.TransactionStatus.INTRANS)


def _execute_gen(query, params=None):
    yield query, params


def _commit_gen():
    yield


def _rollback_gen():
    yield


def _enter_gen():
    yield


@pytest.mark.parametrize(
    "query",
    [
        "BEGIN",
        "begin isolation level serializable",
        "START TRANSACTION",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "  set local lock_timeout = 0",
        "SAVEPOINT a",
        "RELEASE SAVEPOINT a;",
        "SHOW transaction_isolation",
    ],
)
def test_what_nobody_could_notice_is_no_step(query):
    """Beginning a transaction and setting it up take no lock and no snapshot: they happen with what comes next."""
    assert statements.text_of(_execute_gen(query), OPEN) == ""


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT *\n  FROM account -- all of them\n WHERE id = 1", "SELECT * FROM account WHERE id = 1"),
        ("ROLLBACK TO SAVEPOINT a", "ROLLBACK TO SAVEPOINT a"),
        ("SET x = 1; UPDATE account SET balance = 0", "SET x = 1; UPDATE account SET balance = 0"),
        (b"SELECT 2", "SELECT 2"),
        ("settle", "settle"),
    ],
)
def test_a_statement_is_told_on_one_line(query, text):
    """Blanks and comments are folded; two statements at once are never taken for one that nobody notices."""
    assert statements.text_of(_execute_gen(query), OPEN) == text


@pytest.mark.parametrize(
    ("query", "values", "expected"),
    [
        ("SET LOCAL Lock_Timeout = '1s'", None, True),
        (b"ALTER ROLE ann SET statement_timeout = 1", None, True),
        (sql.SQL("SET {} = 1").format(sql.Identifier("lock_timeout")), None, True),
        ("SELECT set_config(%s, '1s', true)", ("lock_timeout",), True),
        ("SET LOCAL idle_in_transaction_session_timeout = 1", None, False),
        ("SELECT FROM account FOR UPDATE NOWAIT", None, False),
    ],
)
def test_a_timer_is_found_by_its_name(query, values, expected):
    """However a timer is set, in words or in values, its name is in what is sent."""
    assert statements.mentions_a_timer(_execute_gen(query, values)) is expected
    assert not statements.mentions_a_timer(_commit_gen())


def test_a_very_long_statement_is_shortened():
    """A statement is told with 400 characters at most."""
    text = statements.text_of(_execute_gen("SELECT '" + "x" * 1000 + "'"), OPEN)
    assert len(text) == 400
    assert text.endswith("…")


def test_ending_a_transaction_is_a_step_where_there_is_one():
    """COMMIT and ROLLBACK are steps; outside a transaction psycopg sends nothing, so that nothing happens."""
    assert statements.text_of(_commit_gen(), OPEN) == "COMMIT"
    assert statements.text_of(_rollback_gen(), OPEN) == "ROLLBACK"
    assert statements.text_of(_commit_gen(), IDLE) == ""
    assert statements.text_of(_rollback_gen(), IDLE) == ""
    assert statements.text_of(_enter_gen(), IDLE) == ""


def test_a_statement_outside_a_transaction_commits_by_itself():
    """In autocommit and with no transaction open, a statement is a transaction of its own."""
    assert statements.commits_by_itself(_execute_gen("SELECT 1"), IDLE)
    assert not statements.commits_by_itself(_execute_gen("SELECT 1"), OPEN)
    assert not statements.commits_by_itself(_commit_gen(), IDLE)


def test_psycopg_still_calls_its_generators_by_these_names():
    """The names that we go by are those of the psycopg that is installed."""
    for kind, names in {
        psycopg.Connection: ("_commit_gen", "_rollback_gen", "_set_autocommit_gen", "_set_isolation_level_gen"),
        psycopg.Cursor: ("_execute_gen", "_executemany_gen_pipeline", "_stream_send_gen"),
        psycopg.Transaction: ("_enter_gen", "_exit_gen"),
        psycopg.Pipeline: ("_enter_gen", "_exit_gen", "_sync_gen"),
    }.items():
        for name in names:
            assert hasattr(kind, name), name
