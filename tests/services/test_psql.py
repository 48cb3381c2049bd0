"""Looking at a kept database after a failed test."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import os
import pty
import shutil

import psycopg
import pytest

from harness.errors import ServiceUnavailable, UsageError
from harness.services import address, open_psql
from harness.services.postgres import psql

COUNT = "SELECT 'rows: ' || count(*) FROM payment;\n\\q\n"


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


def test_psql_opens_the_kept_database(provider, start, shop):
    """The learner gets a prompt on the database, with the psql on PATH where there is one."""
    server = start(provider)
    server.keep(server.dataset(shop), "running total")
    status, printed = in_terminal(COUNT, "running total")
    assert (status, "rows: 4" in printed) == (0, True), printed


def test_without_psql_on_path_the_wheels_is_taken(provider, start, shop, monkeypatch):
    """Nobody has to install a client."""
    server = start(provider)
    server.keep(server.dataset(shop), "running total")
    monkeypatch.setenv("PATH", "/nowhere")
    status, printed = in_terminal(COUNT, "running total")
    assert (status, "rows: 4" in printed) == (0, True), printed


def test_without_any_psql_the_containers_is_taken(with_docker, start, shop, monkeypatch):
    """Where the wheel is missing too, the container has one."""
    if not shutil.which("docker"):
        pytest.skip("there is no docker command")
    real = shutil.which
    monkeypatch.setattr(psql.shutil, "which", lambda name: None if name == "psql" else real(name))
    monkeypatch.setattr(psql.binaries, "programs", no_wheel)
    server = start("docker")
    server.keep(server.dataset(shop), "running total")
    status, printed = in_terminal(COUNT, "running total")
    assert (status, "rows: 4" in printed) == (0, True), printed


def no_wheel():
    raise ServiceUnavailable("there is no wheel")


def in_terminal(typed, name):
    """Run open_psql in a terminal of its own, with something typed; its status and what it printed."""
    child, terminal = pty.fork()
    if child == 0:
        status = 1
        try:
            os.environ["PSQL_PAGER"] = "/bin/cat"
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
