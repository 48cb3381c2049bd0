"""One statement of a learner's, whatever it is, on both providers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.errors import ServiceUnavailable
from harness.services import Dataset, QueryFailed, QueryTooSlow, TooManyRows
from harness.services.postgres import settings
from harness.table import Column


@pytest.fixture
def database(server, shop):
    """A database with four payments."""
    return server.dataset(shop)


def test_rows_come_in_the_order_in_which_they_were_loaded(database):
    """The heap keeps the data set's order."""
    assert [row[0] for row in database.query("SELECT id FROM payment").rows] == [3, 1, 4, 2]


def test_text_is_ordered_by_code_point(database):
    """Capitals come before small letters and accents after both, on every machine."""
    rows = database.query("SELECT customer FROM payment WHERE customer IS NOT NULL ORDER BY customer").rows
    assert [row[0] for row in rows] == ["Ann", "bob", "Éva"]


def test_columns_have_postgres_short_type_names(database):
    """Types go by the names that people write in SQL."""
    table = database.query(
        "SELECT 1 AS i, 1::bigint AS b, 1.5 AS n, 'x' AS t, now() AS z, now()::timestamp AS ts, current_date AS d, "
        "1::float8 AS f, 1::real AS r, true AS o, interval '1 day' AS iv, ARRAY[1] AS a, '{}'::jsonb AS j"
    )
    assert " ".join(f"{column.name}:{column.type}" for column in table.columns) == (
        "i:integer b:bigint n:numeric t:text z:timestamptz ts:timestamp d:date "
        "f:double precision r:real o:boolean iv:interval a:integer[] j:jsonb"
    )


def test_a_type_of_the_schema_goes_by_its_own_name(server):
    """An enum is called what CREATE TYPE has called it."""
    mood = Dataset("moods", "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (m mood);", {"t": [("ok",)]})
    table = server.dataset(mood).query("SELECT m, ARRAY[m] AS all FROM t")
    assert [column.type for column in table.columns] == ["mood", "mood[]"]
    assert table.rows[0][0] == "ok"


def test_a_result_without_rows_has_its_columns(database):
    """No rows is an answer too."""
    table = database.query("SELECT id FROM payment WHERE false")
    assert (table.columns, table.rows) == ((Column("id", "integer"),), ())


def test_a_percent_sign_is_just_that(database):
    """The text is run as it stands, not as a template."""
    assert database.query("SELECT 7 % 4, '%s', '%(x)s' -- 100 %").rows == ((3, "%s", "%(x)s"),)


def test_a_value_that_python_has_no_room_for_is_given_as_text(database):
    """Infinity and the year 10000 are legal dates in Postgres."""
    rows = database.query("SELECT 'infinity'::date, '10000-01-01'::timestamp, DATE '2024-02-29'::text, 1").rows
    assert rows == (("infinity", "10000-01-01 00:00:00", "2024-02-29", 1),)


def test_the_learners_own_settings_of_the_client_change_nothing(server, shop, monkeypatch):
    """PGTZ, PGOPTIONS and PGHOSTADDR of the environment are not the suite's."""
    for name, value in {"PGTZ": "Asia/Tokyo", "PGOPTIONS": "-c search_path=nowhere", "PGHOSTADDR": "192.0.2.1"}.items():
        monkeypatch.setenv(name, value)
    server.readers.close()
    database = server.dataset(shop)
    assert database.query("SELECT current_setting('TimeZone'), count(*) FROM payment").rows == (("UTC", 4),)


@pytest.mark.parametrize(
    ("statement", "sqlstate", "position"),
    [
        ("SELEC 1", "42601", 1),
        ("SELECT id,\n  nmae\nFROM payment", "42703", 14),
        ("SELECT 'é', nope", "42703", 13),
        ("SELECT 1/0", "22012", None),
        ("SELECT 1\0 FROM payment", "22021", 9),
    ],
)
def test_a_refused_statement_says_where(database, statement, sqlstate, position):
    """The position counts characters, not bytes, from 1."""
    with pytest.raises(QueryFailed) as caught:
        database.query(statement)
    assert (caught.value.sqlstate, caught.value.position) == (sqlstate, position)
    assert "LINE 1" not in caught.value.message


@pytest.mark.parametrize("statement", ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE payment", "COMMIT; SELECT 1"])
def test_two_statements_are_refused(database, statement):
    """The server takes one statement at a time from a learner."""
    with pytest.raises(QueryFailed, match="multiple commands"):
        database.query(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM payment",
        "WITH gone AS (DELETE FROM payment RETURNING *) SELECT * FROM gone",
        "INSERT INTO payment (customer) VALUES ('x')",
        "CREATE TEMP TABLE mine (a integer)",
        "CREATE TABLE mine (a integer)",
        "COPY payment FROM STDIN",
        "SELECT lo_create(0)",
        "DO $$ BEGIN DELETE FROM payment; END $$",
    ],
)
def test_a_statement_that_writes_is_refused_and_writes_nothing(database, statement):
    """What is read only stays as it was loaded."""
    with pytest.raises(QueryFailed):
        database.query(statement)
    assert len(database.query("SELECT * FROM payment").rows) == 4


def test_a_reader_that_leaves_its_transaction_still_can_not_write(database):
    """The role can only SELECT, so the data doesn't hang on the transaction's mode."""
    for statement in ("DELETE FROM payment", "CREATE TEMP TABLE mine (a integer)", "CREATE TABLE mine (a integer)"):
        with database.connect() as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute(statement)
    assert len(database.query("SELECT * FROM payment").rows) == 4


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("", "no statement"),
        ("-- nothing yet\n", "no statement"),
        ("SET work_mem = '1GB'", "SET gives no rows"),
        ("COMMIT", "COMMIT gives no rows"),
        ("COPY payment TO STDOUT", "COPY gives no rows"),
    ],
)
def test_a_statement_without_rows_is_no_answer(database, statement, says):
    """A learner reads that a SELECT is wanted, or that there is nothing."""
    with pytest.raises(QueryFailed, match=says):
        database.query(statement)


def test_a_statement_leaves_nothing_to_the_next_one(database):
    """Settings and locks of one statement are gone for the next, on the same connection."""
    database.query("SELECT set_config('search_path', 'nowhere', false), pg_advisory_lock(42)")
    rows = database.query(
        "SELECT current_setting('search_path'), (SELECT count(*) FROM pg_locks WHERE objid = 42)"
    ).rows
    assert rows == (('"$user", public', 0),)


@pytest.mark.parametrize(
    "statement",
    ["SELECT pg_sleep(3600)", "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"],
)
def test_a_statement_that_runs_for_ever_is_stopped(server, database, statement, eventually):
    """The server itself stops it when its time is over: nobody is left at it."""
    with pytest.raises(QueryTooSlow, match=r"0\.2 seconds"):
        database.query(statement, seconds=0.2)
    at_it = "SELECT query FROM pg_stat_activity WHERE state = 'active' AND datname = %s"
    with server.connect("postgres", settings.SUPERUSER) as control:
        # The word that it is stopped comes before its work is taken away.
        eventually(lambda: control.execute(at_it, [database.name]).fetchall() == [])


def test_a_statement_can_not_give_itself_more_time(database):
    """The clock of a statement is set before it runs."""
    with pytest.raises(QueryTooSlow):
        database.query("SELECT set_config('statement_timeout', '0', false), pg_sleep(30)", seconds=0.2)


def test_a_billion_rows_end_in_too_many(database):
    """Rows are read in pieces: neither time nor memory runs out."""
    with pytest.raises(TooManyRows, match="1,000 rows"):
        database.query("SELECT generate_series(1, 1000000000)", most_rows=1000, seconds=60)
    assert database.query("SELECT count(*) FROM generate_series(1, 1000)").rows == ((1000,),)


def test_as_many_rows_as_may_be_are_an_answer(database):
    """The limit itself is no mistake."""
    assert len(database.query("SELECT generate_series(1, 1000)", most_rows=1000).rows) == 1000


def test_megabytes_of_text_end_in_too_many(database):
    """A few rows may be too much as well."""
    with pytest.raises(TooManyRows, match="MB of text"):
        database.query("SELECT repeat('x', 1000000) FROM generate_series(1, 200)", seconds=60)


def test_a_backend_that_is_killed_is_no_wrong_answer(server, database):
    """Where the server ends the connection, no verdict is given."""
    with ThreadPoolExecutor(1) as pool, server.connect("postgres", settings.SUPERUSER) as control:
        running = pool.submit(database.query, "SELECT pg_sleep(60)", seconds=60)
        killed = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' AND datname = %s"
        )
        while not control.execute(killed, [database.name]).fetchall():
            assert not running.done()
        with pytest.raises(ServiceUnavailable, match="lost"):
            running.result()
    assert database.query("SELECT 1").rows == ((1,),)


def test_a_statement_can_end_no_connection(database):
    """What shares a role with the runs beside it can't end their connections, nor its own."""
    for call in ("pg_terminate_backend(pg_backend_pid())", "pg_cancel_backend(pg_backend_pid())"):
        with pytest.raises(QueryFailed, match="permission denied for function"):
            database.query(f"select {call}")


def test_a_statement_that_fills_the_disk_on_its_way_is_stopped(database):
    """A statement may write 350 MB of rows on its way; one that writes more is stopped long before its time is up."""
    with pytest.raises(QueryTooSlow):
        database.query(
            "SELECT count(*) FROM (SELECT repeat('x', 2000) || n AS t FROM generate_series(1, 400000) n ORDER BY t) s",
            seconds=120,
        )
