"""A server of one's own can be paused, killed and started again: the same on both providers, seen by real clients."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from threading import Timer
from types import SimpleNamespace

import psycopg
import pytest
from homes import PROVIDERS, image_of, need
from redis import exceptions

from harness.errors import UsageError
from harness.services import (
    SERVICES,
    container,
    docker_engine,
    embedded,
    folders,
    orphans,
    provide,
    provide_own,
    running_servers,
    stop_all,
)
from harness.services.postgres import connections, settings
from harness.services.warm import WarmFolder


def quiet(_):
    """Progress that nobody reads."""


@pytest.fixture(
    params=[(service, provider) for service in ("postgres", "redis") for provider in PROVIDERS], ids="-".join
)
def own(request, own_home):
    """A server of this test's own, of each service and provider."""
    service, provider = request.param
    need(provider, service)
    with provide_own(SERVICES[service], provider, say=quiet) as server:
        yield server
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*-own*")) == []


def client_of(own):
    """What clients of the server can do: ask, over a connection that is kept; come anew, and not wait for long."""
    if own.state.service == "redis":
        database = own.server.database()
        return SimpleNamespace(
            ask=database.client(socket_timeout=60).ping,
            come=lambda: database.client(socket_timeout=0.5).ping(),
            silence=pytest.raises(exceptions.TimeoutError),
            loss=exceptions.ConnectionError,
        )
    connection = psycopg.connect(own.server.address("postgres", settings.SUPERUSER), autocommit=True)
    return SimpleNamespace(
        ask=lambda: connection.execute("SELECT 1"),
        come=lambda: psycopg.connect(own.server.address("postgres"), connect_timeout=2),
        silence=pytest.raises(psycopg.OperationalError, match="timeout"),
        loss=psycopg.OperationalError,
    )


def test_a_paused_server_is_silent_and_goes_on_where_it_was(own):
    """No connection breaks and nothing answers; after resume() everything does, over the same connection."""
    client = client_of(own)
    client.ask()
    own.pause()
    with client.silence:
        client.come()
    own.resume()
    assert client.ask()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the state of each thread")
def test_a_pause_returns_when_every_thread_stands_still(own_home, monkeypatch):
    """A stop that the kernel carries out late, as on a busy machine, is waited for: nothing answers after pause()."""

    def states():
        """What each thread of the server does, by the letters of /proc."""
        threads = [each for process in orphans.processes_in(data) for each in Path(f"/proc/{process}/task").iterdir()]
        return [(each / "stat").read_text().rpartition(")")[2].split()[0] for each in threads]

    need("embedded", "redis")
    kill, late = os.kill, []

    def kill_late(*arguments):
        late.append(Timer(0.3, kill, arguments))
        late[-1].start()

    with provide_own(SERVICES["redis"], "embedded", say=quiet) as own:
        data = Path(own.state.data)
        with monkeypatch.context() as patch:
            patch.setattr(os, "kill", kill_late)
            own.pause()
        assert len(states()) > 1
        assert set(states()) == {"T"}
        own.resume()
        assert "T" not in states()
        assert own.server.database().client().ping()
    assert len(late) == 1


def test_a_killed_server_breaks_its_connections_and_comes_back_on_the_same_port(own):
    """A client loses its connection at once, and a new one finds the restarted server where the old one was."""
    client = client_of(own)
    client.ask()
    port = own.state.port
    own.kill()
    with pytest.raises(client.loss):
        client.ask()
    own.start()
    assert own.state.port == port
    assert client_of(own).ask()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no server can listen on a port that is kept for it")
def test_nobody_is_given_the_port_of_a_killed_server(own):
    """Between two lives nothing listens there; but whoever asks for a port of their own gets another one."""
    own.kill()
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((own.state.host, own.state.port))
    own.start()
    assert client_of(own).ask()


def test_a_paused_server_can_be_killed(own):
    """SIGKILL needs no cooperation."""
    own.pause()
    own.restart()
    assert client_of(own).ask()


def test_it_can_die_again_and_again(own):
    """Five lives, one port."""
    for _ in range(4):
        own.restart()
    assert client_of(own).ask()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_postgres_has_committed_survives(own_home, provider):
    """A killed Postgres has its data again when it comes back: the crash is a crash, not a new server."""
    need(provider)
    with provide_own(SERVICES["postgres"], provider, say=quiet) as own:
        with connections.connect(own.state, settings.SUPERUSER) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS a")
        own.restart()
        with connections.connect(own.state, settings.SUPERUSER) as connection:
            assert connection.execute("SELECT a FROM kept").fetchone() == (1,)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the kernel's segments as a file")
def test_a_killed_postgres_leaves_nothing_in_shared_memory(own_home, eventually):
    """The segment that says who uses the data goes with a killed server; a started one has one of its own."""

    def segments():
        return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}

    need("embedded")
    with provide_own(SERVICES["postgres"], "embedded", say=quiet) as own:
        for _ in range(2):
            noted = (Path(own.state.data) / "postmaster.pid").read_text().splitlines()[6].split()[1]
            assert noted in segments()
            own.kill()
            # Whoever reads the process's command line right now has its memory, too, until it has read.
            eventually(lambda noted=noted: noted not in segments())
            own.start()


def test_one_that_is_removed_can_be_closed(own_home):
    """`labs down` may have been faster; and twice is as good as once."""
    own = provide_own(SERVICES["redis"], "embedded", say=quiet)
    stop_all()
    own.close()
    own.close()


def free_ports_but_first(taken):
    """Choose ports as ever, but for the first time: then a port that somebody has."""
    choose, first = embedded.free_ports, iter([taken])
    return lambda count: [*([port] if (port := next(first, None)) else choose(1)), *choose(count - 1)]


def test_a_port_that_is_taken_before_the_container_has_it_is_exchanged(own_home, monkeypatch):
    """A container with a port of its own for good finds it taken: it gets another, and the first try leaves nothing."""
    need("docker", "redis")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(container, "free_ports", free_ports_but_first(taken))
        with provide_own(SERVICES["redis"], "docker", say=quiet) as own:
            assert own.state.port != taken
            assert own.server.trouble() is None
            assert own_home.containers() == [own.state.container]


def test_the_shared_server_is_another_one(own_home):
    """Whoever hurts their own hurts nobody else."""
    shared = provide(SERVICES["redis"], "embedded", say=quiet)
    with provide_own(SERVICES["redis"], "embedded", say=quiet) as own:
        assert own.state.port != shared._state.port
        own.kill()
        assert shared.database().client().ping()
    assert [state.port for state in running_servers()] == [shared._state.port]
    shared.close()


def test_three_of_a_kind(own_home):
    """Later labs need several Redis: each has its port and its data."""
    servers = [provide_own(SERVICES["redis"], "embedded", say=quiet) for _ in range(3)]
    assert len({own.state.port for own in servers}) == 3
    for own in servers:
        own.close()
    assert own_home.traces() == []


def test_a_killed_process_leaves_no_server_of_its_own(own_home, in_process, eventually):
    """Half a second after its process, it is gone; `labs down` removes the empty folder too."""
    process = in_process(
        "import sys\nfrom harness.services import SERVICES, provide_own\n"
        "own = provide_own(SERVICES['redis'], 'embedded', say=lambda _: None)\n"
        "print(own.state.port, flush=True)\nsys.stdin.read()"
    )
    assert int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    eventually(lambda: own_home.traces() == [])
    stop_all()
    assert list(own_home.home.glob("servers/*-own*")) == []


def test_a_container_that_another_process_starts_is_no_leftover(own_home):
    """Who starts a container removes those of ended processes, and leaves alone one whose starter still lives."""
    need("docker", "redis")
    folder = WarmFolder.of_ones_own("redis", "docker")
    starting = folder.lease()
    labels = {
        docker_engine.LABEL_SERVICE: "redis",
        docker_engine.LABEL_HOME: folders.home_mark(),
        docker_engine.LABEL_SERVER: folder.path.name,
    }
    with contextlib.closing(docker_engine.client()) as engine:
        name = engine.containers.create(image_of("redis"), labels=labels).name
    with provide_own(SERVICES["redis"], "docker", say=quiet):
        assert name in own_home.containers()
    starting.release()
    with provide_own(SERVICES["redis"], "docker", say=quiet):
        assert name not in own_home.containers()


def test_another_choice_is_refused(own_home):
    """There are three choices."""
    with pytest.raises(UsageError, match="podman"):
        provide_own(SERVICES["redis"], "podman", say=quiet)
