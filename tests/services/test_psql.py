"""Looking at a kept database after a failed test."""

import os
import pty
import shutil

import psycopg
import pytest

from harness.errors import ServiceUnavailable, UsageError
from harness.services import address, open_psql
from harness.services.postgres import psql


def test_without_a_warm_server_nothing_is_kept(own_home):
    """Whoever looks too early reads what to run first."""
    for look in (address, open_psql):
        with pytest.raises(ServiceUnavailable, match="no Postgres server is warm") as caught:
            look("anything")
        assert caught.value.advice == "run the lab's tests first"


def test_a_name_that_is_not_kept_lists_those_that_are(provider, start, shop):
    """A slip of the pen is answered with the names there are."""
    server = start(provider)
    with pytest.raises(UsageError) as caught:
        address("nothing")
    assert caught.value.advice == "none is kept: run the lab's tests first"
    server.keep(server.dataset(shop), "running total")
    with pytest.raises(UsageError, match="'nothing'") as caught:
        open_psql("nothing")
    assert caught.value.advice == "these are kept: kept_running_total"


@pytest.mark.parametrize("name", ["kept_running_total", "running total"])
def test_the_address_opens_the_kept_database(provider, start, shop, name):
    """Any client can take the address, as the learner, who may write there."""
    server = start(provider)
    server.keep(server.dataset(shop), "running total")
    with psycopg.connect(address(name)) as connection:
        row = connection.execute("SELECT current_user, current_database(), count(*) FROM payment").fetchone()
    assert row == ("learner", "kept_running_total", 4)


@pytest.mark.parametrize("client", ["PATH", "wheel", "container"])
def test_psql_opens_the_kept_database(provider, start, shop, client, monkeypatch):
    """With the psql on PATH, the wheel's or the container's own."""
    if client == "container" and (provider != "docker" or not shutil.which("docker")):
        pytest.skip("there is no container" if provider != "docker" else "there is no docker command")
    if client == "PATH" and not shutil.which("psql"):
        pytest.skip("there is no psql on PATH")
    server = start(provider)
    server.keep(server.dataset(shop), "running total")
    real = shutil.which
    if client != "PATH":
        monkeypatch.setattr(psql.shutil, "which", lambda name: None if name == "psql" else real(name))
    if client == "container":
        monkeypatch.setattr(psql.binaries, "programs", lambda: (_ for _ in ()).throw(ServiceUnavailable("no wheel")))
    status, printed = in_terminal("SELECT 'rows: ' || count(*) FROM payment;\n\\q\n", "running total")
    assert status == 0
    assert "rows: 4" in printed


def in_terminal(typed, name):
    """Run open_psql in a terminal of its own, with something typed; its status and what it printed."""
    child, terminal = pty.fork()
    if child == 0:
        status = 1
        try:
            os.environ["PAGER"] = "cat"
            status = open_psql(name)
        finally:
            os._exit(status)
    os.write(terminal, typed.encode())
    printed = b""
    try:
        while piece := os.read(terminal, 4096):
            printed += piece
    except OSError:  # how Linux says that the terminal is closed
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed.decode(errors="replace")
