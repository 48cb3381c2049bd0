"""A Postgres primary and its streaming standby: stale on purpose, lost, found again, promoted; on both providers."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import re
import signal
import threading
from pathlib import Path

import psutil
import psycopg
import pytest
from homes import PROVIDERS, need, on_one_provider

from harness.errors import ServiceUnavailable
from harness.services import docker_engine, provide_replicated, stop_all
from harness.services.postgres import settings

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
ACCOUNTS = "CREATE TABLE account (owner text PRIMARY KEY, balance integer NOT NULL);"


def quiet(_):
    """Progress that nobody reads."""


@pytest.fixture(scope="module", params=PROVIDERS)
def pair(request, shared_home):
    """A primary and a standby of each provider for the tests that leave both as they were."""
    need(request.param)
    with shared_home.entered(), provide_replicated(request.param, say=quiet) as pair:
        yield pair


@pytest.fixture
def accounts(pair):
    """An empty database on the shared primary, which the standby has."""
    return new_accounts(pair)


@pytest.fixture
def own_pair(own_home, provider):
    """A primary and a standby of this test's own; nothing of them stays."""
    with provide_replicated(provider, say=quiet) as pair:
        yield pair
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*-own*")) == []


@pytest.fixture
def own_accounts(own_pair):
    """An empty database on the primary, which the standby has."""
    return new_accounts(own_pair)


def new_accounts(pair):
    """Make a database and wait until the standby has it."""
    database = pair.primary.server.fresh(ACCOUNTS)
    pair.catch_up()
    return database


def add(database, owner):
    """Commit an account."""
    with database.connect() as connection:
        connection.execute("INSERT INTO account VALUES (%s, 100)", [owner])


def owners(database):
    """Whose accounts can be seen."""
    return [owner for (owner,) in database.query("SELECT owner FROM account ORDER BY owner").rows]


def test_what_is_committed_on_the_primary_is_read_on_the_standby(pair, accounts):
    """A role that is no superuser reads there what it has written here."""
    add(accounts, "Ann")
    pair.catch_up()
    with pair.on_standby(accounts).connect() as connection:
        assert connection.execute("SELECT owner FROM account").fetchall() == [("Ann",)]
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)


@on_one_provider
def test_the_example_in_the_documents_holds(own_home, provider):
    """What CONTRIBUTING.md shows is code that runs."""
    (example,) = re.findall(r"```python\n(with provide_replicated.*?)```", CONTRIBUTING.read_text("utf-8"), re.DOTALL)
    exec(example.replace('"auto"', repr(provider)), {"provide_replicated": provide_replicated})  # noqa: S102 - our own


def test_the_standby_refuses_writes(pair, accounts):
    """Every write there ends in SQLSTATE 25006, whoever's it is."""
    copy = pair.on_standby(accounts)
    with copy.connect() as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as refused:
        connection.execute("INSERT INTO account VALUES ('Ann', 100)")
    assert refused.value.sqlstate == "25006"
    with (
        pair.standby.server.connect(accounts.name, settings.SUPERUSER) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("DELETE FROM account")


def test_a_data_set_is_read_on_both(pair, shop):
    """What the primary holds to be read only, the standby holds too."""
    database = pair.primary.server.dataset(shop)
    pair.catch_up()
    count = "SELECT count(*) FROM payment"
    assert pair.on_standby(database).query(count).rows == database.query(count).rows == ((4,),)


def test_a_paused_replay_shows_the_past_until_it_is_resumed(pair, accounts):
    """Between the two the standby answers, and shows nothing that was committed since."""
    add(accounts, "Ann")
    pair.catch_up()
    pair.pause_replay()
    add(accounts, "Bob")
    assert owners(accounts) == ["Ann", "Bob"]
    assert owners(pair.on_standby(accounts)) == ["Ann"]
    pair.resume_replay()
    pair.catch_up()
    assert owners(pair.on_standby(accounts)) == ["Ann", "Bob"]


def test_a_position_in_the_log_is_a_token_for_what_was_written_before_it(pair, accounts):
    """Who waits until the standby has replayed a writer's position reads what that writer has written."""
    pair.pause_replay()
    add(accounts, "Ann")
    token = pair.primary_lsn()
    assert pair.replayed_lsn() != token
    with pytest.raises(ServiceUnavailable, match=f"did not replay its log up to {token}.*its replay is paused"):
        pair.wait_for_replay(token, seconds=0)
    pair.resume_replay()
    pair.wait_for_replay(token)
    assert owners(pair.on_standby(accounts)) == ["Ann"]


@pytest.mark.parametrize("token", ["", "yesterday", "0/", None])
def test_what_is_no_position_is_refused(pair, token):
    """A token that a test's answer has made up, or forgotten, is never taken for one that is replayed."""
    with pytest.raises(ValueError, match="is no position in a log"):
        pair.wait_for_replay(token)


def test_a_commit_waits_for_the_standby_only_where_it_is_asked_to(pair, accounts, eventually):
    """While the standby is paused, an asynchronous commit returns and a synchronous one doesn't; then it does."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with (
        accounts.connect() as writing,
        pair.primary.server.connect("postgres", settings.SUPERUSER) as watching,
    ):
        writing.execute("SET synchronous_commit = remote_apply")
        pair.standby.pause()
        add(accounts, "asynchronous")
        commit = threading.Thread(target=lambda: writing.execute("INSERT INTO account VALUES ('synchronous', 1)"))
        commit.start()
        eventually(lambda: watching.execute(waiting).fetchone())
        assert owners(accounts) == ["asynchronous"]
        pair.standby.resume()
        commit.join()
        assert owners(accounts) == owners(pair.on_standby(accounts)) == ["asynchronous", "synchronous"]


def test_a_killed_standby_catches_up_when_it_comes_back(pair, accounts):
    """It gets all that was committed while it was away, on the port that it had."""
    port = pair.standby.state.port
    pair.standby.kill()
    add(accounts, "Ann")
    with pytest.raises(ServiceUnavailable):
        pair.catch_up()
    pair.standby.start()
    pair.catch_up()
    assert pair.standby.state.port == port
    assert owners(pair.on_standby(accounts)) == ["Ann"]


def test_the_standby_finds_a_primary_that_comes_back(pair, accounts):
    """While the primary is away the standby answers; afterwards it goes on with the log where it was."""
    add(accounts, "Ann")
    pair.catch_up()
    pair.primary.kill()
    assert owners(pair.on_standby(accounts)) == ["Ann"]
    pair.primary.start()
    add(accounts, "Bob")
    pair.catch_up()
    assert owners(pair.on_standby(accounts)) == ["Ann", "Bob"]


def test_both_can_die_at_once(pair, accounts):
    """Whichever comes back first, they find each other."""
    add(accounts, "Ann")
    pair.primary.kill()
    pair.standby.kill()
    pair.standby.start()
    pair.primary.start()
    add(accounts, "Bob")
    pair.catch_up()
    assert owners(pair.on_standby(accounts)) == ["Ann", "Bob"]


def test_a_promoted_standby_takes_writes(own_pair, own_accounts):
    """When the primary is lost, the standby has what it had received, and goes on from there."""
    add(own_accounts, "Ann")
    own_pair.catch_up()
    own_pair.primary.kill()
    own_pair.promote()
    copy = own_pair.on_standby(own_accounts)
    add(copy, "Bob")
    assert owners(copy) == ["Ann", "Bob"]
    own_pair.standby.restart()
    assert owners(own_pair.on_standby(own_accounts)) == ["Ann", "Bob"]


@on_one_provider
def test_what_was_received_is_replayed_before_a_promotion(own_pair, own_accounts):
    """A paused replay loses nothing that has arrived."""
    own_pair.pause_replay()
    with own_accounts.connect() as connection:
        connection.execute("SET synchronous_commit = on")  # until the standby has written it
        connection.execute("INSERT INTO account VALUES ('Ann', 100)")
    own_pair.primary.kill()
    own_pair.promote()
    assert owners(own_pair.on_standby(own_accounts)) == ["Ann"]


@on_one_provider
def test_a_promoted_standby_is_none_any_more(own_pair, own_accounts):
    """It neither pauses its replay nor is promoted again, and hears no more of a primary that lives on."""
    own_pair.promote()
    for no_more in (own_pair.pause_replay, own_pair.resume_replay, own_pair.promote):
        with pytest.raises(ServiceUnavailable, match="is none any more"):
            no_more()
    add(own_accounts, "Ann")
    with pytest.raises(ServiceUnavailable, match="it was promoted"):
        own_pair.wait_for_replay("FFFFFFFF/0", seconds=0)
    assert owners(own_pair.on_standby(own_accounts)) == []


def test_nobody_gets_in_without_a_password(pair):
    """Neither server lets a role in with a wrong password, nor a standby's role from outside."""
    for server in (pair.primary, pair.standby):
        for role in (*settings.ROLES, "replicator"):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(f"postgresql://{role}:wrong@{server.state.host}:{server.state.port}/postgres")


def test_both_listen_on_loopback_only(pair):
    """No other machine reaches either of them."""
    ports = {pair.primary.state.port, pair.standby.state.port}
    listening = [each.laddr for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    assert {place.port for place in listening if place.port in ports} == ports
    assert {place.ip for place in listening if place.port in ports} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("provider", "hurt"), [("embedded", "kill"), ("embedded", "pause"), ("docker", "pause")], indirect=["provider"]
)
def test_a_hurt_pair_is_closed_like_any_other(own_home, hurt, provider):
    """Nothing is left of two servers that are dead or paused."""
    with provide_replicated(provider, say=quiet) as pair:
        getattr(pair.primary, hurt)()
        getattr(pair.standby, hurt)()
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*-own*")) == []


def test_no_volume_is_left(own_home, with_docker):
    """The volume that both containers have goes with the last of them, in whatever order they go."""
    with contextlib.closing(docker_engine.client()) as engine:
        for first in ("primary", "standby"):
            pair = provide_replicated("docker", say=quiet)
            containers = [engine.containers.get(server.state.container) for server in (pair.primary, pair.standby)]
            volumes = {mount["Name"] for container in containers for mount in container.attrs["Mounts"]}
            assert len(volumes) == 3  # the socket's, and one of each server's data
            getattr(pair, first).close()
            pair.close()
            assert not volumes & {volume.name for volume in engine.volumes.list()}


def test_a_killed_process_leaves_no_pair(own_home, provider, in_process, eventually):
    """Half a second after its process both servers go; `labs down` removes their empty folders too."""
    process = in_process(
        "import sys\nfrom harness.services import provide_replicated\n"
        f"pair = provide_replicated({provider!r}, say=lambda _: None)\n"
        "print('both', flush=True)\nsys.stdin.read()"
    )
    assert process.stdout.readline() == "both\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    eventually(lambda: own_home.traces() == [])
    stop_all()
    assert list(own_home.home.glob("servers/*-own*")) == []


def test_labs_down_ends_a_pair_that_is_used(own_home, provider):
    """Whoever has it loses it, and nothing is left."""
    pair = provide_replicated(provider, say=quiet)
    assert len(stop_all()) == 2
    assert own_home.traces() == []
    pair.close()


@on_one_provider
def test_without_a_standby_there_is_no_primary(own_home, provider, monkeypatch):
    """Where the standby can't be started, the primary goes as well."""
    monkeypatch.setattr("harness.services.postgres.replicated._admit_a_standby", lambda _: "wrong")
    with pytest.raises(ServiceUnavailable):
        provide_replicated(provider, say=quiet)
    assert own_home.traces() == []
