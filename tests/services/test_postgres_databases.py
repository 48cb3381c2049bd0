"""Databases on a server: made once, kept apart, dropped when they are too many."""

import contextlib

import psycopg
import pytest

from harness.errors import BrokenLab
from harness.services import Dataset, start_postgres
from harness.services.postgres import server as server_module


def numbered(number, *, schema="CREATE TABLE t (a integer);"):
    return Dataset(f"number {number}", schema, {"t": [(number,)]})


def created(server, database):
    """The database's oid, which no later one of the same name has."""
    return server._control.execute("SELECT oid FROM pg_database WHERE datname = %s", [database]).fetchone()


def test_the_same_data_set_is_the_same_database(server, shop):
    """A data set is loaded once."""
    first = server.dataset(shop)
    oid = created(server, first.name)
    again = server.dataset(Dataset("another name", shop.schema, shop.tables))
    assert (again.name, created(server, again.name)) == (first.name, oid)


def test_rows_without_a_schema_that_fits_are_our_own_mistake(server):
    """A lab whose rows don't fit its schema is broken: no learner is wrong."""
    with pytest.raises(BrokenLab, match="the rows of t in data set 'odd'"):
        server.dataset(Dataset("odd", "CREATE TABLE t (a integer);", {"t": [("x",)]}))
    with pytest.raises(BrokenLab, match="schema"):
        server.dataset(Dataset("odd", "CREATE TABEL t (a integer);", {}))


def test_a_broken_data_set_can_be_mended(server):
    """Half a database is never taken for a whole one."""
    for _ in range(2):
        with pytest.raises(BrokenLab):
            server.dataset(Dataset("odd", "CREATE TABLE t (a integer);", {"t": [(1,), ("x",)]}))


def test_tables_in_other_schemas_can_be_read(server):
    """A lab may put its tables into schemas of its own."""
    dataset = Dataset("two", "CREATE SCHEMA crm; CREATE TABLE crm.client (a integer);", {"crm.client": [(1,)]})
    assert server.dataset(dataset).query("SELECT a FROM crm.client").rows == ((1,),)


def test_data_sets_beyond_the_limit_go_oldest_first(server, monkeypatch):
    """Only as many data sets stay on a server as its disk is meant for; those that this run uses stay."""
    monkeypatch.setattr(server_module, "MOST_KEPT", 2)
    used = [server.dataset(numbered(number)) for number in range(4)]
    assert [database.query("SELECT a FROM t").rows[0][0] for database in used] == [0, 1, 2, 3]
    server._control.execute("SELECT pg_advisory_unlock_all()")  # as if this run had ended
    server._register._shared.clear()
    server._register._used.clear()
    server.dataset(numbered(9))
    left = server._register.names("data")
    assert used[0].name not in left
    assert len(left) == 2


def test_a_fresh_database_is_empty_and_its_own(server, shop):
    """What one test writes, no other sees; after drop() nothing is left."""
    one, other = server.fresh(shop.schema), server.fresh(shop.schema)
    with one.connect() as connection:
        connection.execute("INSERT INTO payment (customer) VALUES ('x')")
    assert one.query("SELECT count(*) FROM payment").rows == ((1,),)
    assert other.query("SELECT count(*) FROM payment").rows == ((0,),)
    for database in (one, other):
        database.drop()
    assert created(server, one.name) is None


def test_a_client_that_never_closes_its_connection_does_not_hold_up_a_drop(server, shop):
    """Listening, or in the middle of a transaction with locks: it learns that its database is gone."""
    database = server.fresh(shop.schema)
    forgotten = database.connect()
    forgotten.execute("LISTEN orders")
    forgotten.execute("BEGIN")
    forgotten.execute("LOCK TABLE payment")
    database.drop()
    assert database.name not in server._register.names("fresh")
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")


def test_a_database_made_ahead_is_as_good_as_new(server, shop):
    """Each is another, empty, and what an earlier one's test has left behind is in none."""
    taken = []
    for _ in range(4):
        database = server.fresh(shop.schema)
        assert database.query("SELECT count(*) FROM payment").rows == ((0,),)
        with database.connect() as connection:
            connection.execute("INSERT INTO payment (customer) VALUES ('x'); CREATE TABLE left_behind ()")
        database.let_go()
        taken.append(database.name)
    assert len(set(taken)) == 4


def test_nothing_made_ahead_is_left(server, shop, shared_home):
    """Who closes a server leaves none of the databases that were made for nobody, and none that was let go."""
    server.drop("none")  # and all that was to be done before
    before = server._register.names("fresh")
    with shared_home.entered(), contextlib.closing(start_postgres(server.provider, say=lambda _: None)) as another:
        for _ in range(3):
            another.fresh(shop.schema).let_go()
    assert server._register.names("fresh") == before


def test_drop_leaves_a_data_set(server, shop):
    """A database with a data set is everybody's."""
    database = server.dataset(shop)
    database.drop()
    assert len(database.query("SELECT * FROM payment").rows) == 4


def test_a_kept_database_keeps_what_the_learner_did(server, shop):
    """The learner's scratch work survives the next run, and data loaded with ids leaves the next one free."""
    database = server.dataset(shop)
    name = server.keep(database, "running_total four payments")
    assert name == "kept_running_total_four_payments"
    with psycopg.connect(server.address(name), autocommit=True) as connection:
        assert connection.execute("INSERT INTO payment (customer) VALUES ('new') RETURNING id").fetchone() == (5,)
        connection.execute("CREATE TABLE scratch (a integer)")
    assert server.keep(database, "running_total four payments") == name
    with psycopg.connect(server.address(name)) as connection:
        assert connection.execute("SELECT count(*) FROM payment, pg_class WHERE relname = 'scratch'").fetchone() == (5,)


def test_a_kept_database_with_other_data_is_made_anew(server, shop):
    """A kept database always shows the data that the test has used, and a comment says which."""
    name = server.keep(server.dataset(shop), "changing")
    other = Dataset("other", shop.schema, {"payment": [(1, "Zoe", 1)]})
    assert server.keep(server.dataset(other), "changing") == name
    with psycopg.connect(server.address(name)) as connection:
        assert connection.execute("SELECT customer FROM payment").fetchall() == [("Zoe",)]
    comment = server._control.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    assert comment == (f"data set 'other', {other.fingerprint}",)


def test_the_server_keeps_the_last_ones_and_those_that_are_looked_at(server, shop, monkeypatch):
    """A gallery of a hundred wrong answers doesn't fill the server's disk with a database for each."""
    monkeypatch.setattr(server_module, "MOST_KEPT", 2)
    looked_at = server.keep(server.dataset(shop), "looked at")
    with psycopg.connect(server.address(looked_at)):
        names = [server.keep(server.dataset(shop), f"number {number}") for number in range(4)]
        assert set(server.kept()) == {looked_at, *names[-2:]}


def test_a_long_name_is_shortened_without_being_mixed_up():
    """Postgres cuts names at 63 bytes: two long ones must not become one."""
    names = {server_module.kept_name("x" * 70 + end) for end in "ab"}
    assert len(names) == 2
    assert max(map(len, names)) <= 63


def test_each_role_enters_its_own_databases_only(server, shop):
    """The reader can't enter kept databases, the learner can't enter data sets, neither the register."""
    data = server.dataset(shop).name
    kept = server.keep(server.dataset(shop), "apart")
    for database, role in [(kept, "reader"), (data, "learner"), ("postgres", "reader"), ("postgres", "learner")]:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.address(database, role))


def test_other_users_of_the_machine_stay_out(server, shop):
    """Without its password nobody gets in under any role."""
    data = server.dataset(shop).name
    for role in ("postgres", "reader", "learner"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.address(data, role), password="wrong")  # noqa: S106 - it is wrong


def test_the_server_says_what_it_is(server):
    """Provider, version and the reason why it was taken are for people to read."""
    assert server.version.startswith("18.")
    assert f"--services {server.provider}" in server.why
