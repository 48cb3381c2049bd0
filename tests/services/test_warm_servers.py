"""A server is kept warm: found by the next run, replaced when it can't serve, ended when nobody needs it."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from harness.errors import NoRoom, ServiceUnavailable
from harness.services import (
    SERVICES,
    docker_engine,
    embedded,
    folders,
    provide,
    running_servers,
    start_postgres,
    stop_all,
    warm,
)
from harness.services.leases import FileLock
from harness.services.postgres import connections, settings
from harness.services.provide import _is_complete

# Starts or adopts a server, says which, and keeps its lease until standard input ends.
USE = """
import sys
from harness.services import start_postgres
server = start_postgres(sys.argv[1] if len(sys.argv) > 1 else {provider!r}, say=lambda _: None)
print(server._state.port, flush=True)
sys.stdin.read()
"""


def port_of(process):
    return int(process.stdout.readline())


def kill_server(home, provider):
    """End the server as a crash would, behind its keeper's back."""
    if provider == "embedded":
        os.kill(home.server_pid(), signal.SIGKILL)
    else:
        with contextlib.closing(docker_engine.client()) as client:
            client.containers.get(home.containers()[0]).kill()


def test_runs_that_start_at_once_share_one_server_which_outlives_them(provider, start, in_process):
    """Workers of one test run, or two terminals, never start a server each; and the next run finds it warm."""
    processes = [in_process(USE.format(provider=provider)) for _ in range(3)]
    (port,) = {port_of(process) for process in processes}
    for process in processes:
        process.communicate("")
    (state,) = running_servers()
    assert state.port == port
    found = start(provider)
    assert found._state == state


def test_a_warm_server_keeps_its_databases(provider, start, shop):
    """The next run finds the data set that this one has loaded."""
    first = start(provider)
    name = first.dataset(shop).name
    first.close()
    again = start(provider)
    assert again._register.names("data") == [name]
    assert len(again.dataset(shop).query("SELECT * FROM payment").rows) == 4


def test_a_server_that_was_killed_is_replaced(provider, own_home, start, shop):
    """A dead server is replaced without a word, and nothing of it stays."""
    first = start(provider)
    first.dataset(shop)
    kill_server(own_home, provider)
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    assert len(second.dataset(shop).query("SELECT * FROM payment").rows) == 4
    assert len(list(own_home.data.iterdir())) == (1 if provider == "embedded" else 0)
    assert len(own_home.containers()) == (0 if provider == "embedded" else 1)


@pytest.fixture
def hang(own_home, provider):
    """Let the server hang: it is there, the kernel takes what it is sent, and no answer ever comes."""

    def stop():
        if provider == "embedded":
            own_home.tell(signal.SIGSTOP)
        else:
            with contextlib.closing(docker_engine.client()) as client:
                client.containers.get(own_home.containers()[0]).pause()

    return stop


def test_a_server_that_hangs_is_not_waited_for(start, provider, shop, hang, monkeypatch):
    """Neither a query on a kept connection nor the making of a database waits for ever; the next run works."""
    server = start(provider)
    database = server.dataset(shop)
    database.query("SELECT 1")
    hang()
    with monkeypatch.context() as patch:  # the new server may be as slow as this machine is
        patch.setattr(connections, "_SILENCE", 0.3)
        patch.setattr(connections, "_PATIENCE", 0.3)
        patch.setattr(connections, "_CONNECTING", 2)  # libpq's least
        for work in (lambda: database.query("SELECT 1"), lambda: server.dataset(replace(shop, tables={}))):
            with pytest.raises(ServiceUnavailable, match="stopped answering"):
                work()
        with pytest.raises(ServiceUnavailable, match="lost"):
            server.fresh(shop.schema)
    assert start(provider).dataset(shop).query("SELECT count(*) FROM payment").rows == ((4,),)


def test_a_server_that_takes_its_time_is_waited_for(server, monkeypatch):
    """Silence alone is no sign of death."""
    monkeypatch.setattr(connections, "_SILENCE", 0.2)
    assert server._control.execute("SELECT 1 FROM pg_sleep(1)").fetchone() == (1,)


def test_a_server_without_a_free_connection_is_not_taken_for_dead(start, monkeypatch, eventually):
    """A run that finds no connection left does not end the server under the runs that have them."""
    monkeypatch.setitem(settings.SETTINGS, "max_connections", "8")
    server = start("embedded")
    with contextlib.ExitStack() as stack:
        held = []

        def all_taken():
            """Take one more; a session that has hung up has its place until its process has ended."""
            with contextlib.suppress(ServiceUnavailable):
                held.append(stack.enter_context(connections.connect(server._state, settings.SUPERUSER)))
            return len(held) == 7

        eventually(all_taken)
        with pytest.raises(ServiceUnavailable, match="all 8 connections"):
            start_postgres("embedded", say=lambda _: None)
        assert server._control.execute("SELECT 1").fetchone() == (1,)


def test_a_server_whose_keeper_was_killed_is_replaced(provider, own_home, start, eventually):
    """Nobody would end a server without a keeper: the next start does, and takes its data and container away."""
    first = start(provider)
    os.kill(own_home.keeper_pid(), signal.SIGKILL)
    eventually(lambda: not own_home.keepers())
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


def test_a_server_that_was_configured_differently_is_replaced(provider, own_home, start, monkeypatch):
    """Changed settings are never ignored: the server with the old ones goes, unless a run uses it."""
    first = start(provider)
    monkeypatch.setitem(settings.SETTINGS, "work_mem", "8MB")
    second = start(provider)
    assert len(running_servers()) == 2  # the first is in use
    assert second._control.execute("SHOW work_mem").fetchone() == ("8MB",)
    first.close()
    monkeypatch.setitem(settings.SETTINGS, "work_mem", "9MB")
    second.close()
    third = start(provider)
    assert [state.port for state in running_servers()] == [third._state.port]


def test_an_idle_server_ends(provider, own_home, in_process, monkeypatch, eventually):
    """Without a lease a server ends after its time, and nothing is left."""
    monkeypatch.setenv("LABS_IDLE_SECONDS", "0.5")
    run = in_process(USE.format(provider=provider))
    port_of(run)
    run.communicate("")
    eventually(lambda: own_home.traces() == [])
    assert running_servers() == []


def test_a_run_holds_the_server(own_home, in_process, monkeypatch):
    """A lease keeps a server beyond its idle time."""
    monkeypatch.setenv("LABS_IDLE_SECONDS", "0.3")
    holder = in_process(USE.format(provider="embedded"))
    port = port_of(holder)
    passing = in_process(USE.format(provider="embedded"))
    assert port_of(passing) == port
    passing.communicate("")
    # Longer than the idle time by the server's own clock, on a connection that holds no lease.
    (state,) = running_servers()
    with connections.connect(state, settings.SUPERUSER) as connection:
        connection.execute("SELECT pg_sleep(0.8)")
    assert [state.port for state in running_servers()] == [port]


def test_a_killed_run_gives_its_lease_back(own_home, in_process, monkeypatch, eventually):
    """After SIGKILL of the only run, the server ends like any idle one."""
    monkeypatch.setenv("LABS_IDLE_SECONDS", "0.3")
    holder = in_process(USE.format(provider="embedded"))
    port_of(holder)
    holder.kill()
    eventually(lambda: own_home.traces() == [])


def test_stop_all_leaves_nothing(provider, own_home, start, shop):
    """No process, container or data is left, used or not, and it says what it has stopped."""
    server = start(provider)
    server.keep(server.dataset(shop), "kept")
    (sentence,) = stop_all()
    assert sentence.startswith("stopped PostgreSQL 18.")
    assert own_home.traces() == []
    assert stop_all() == []


def test_a_servers_helper_is_waited_for(own_home):
    """A program that a server has started, in a session of its own, is gone when `labs down` says so."""
    provide(SERVICES["redis"], "embedded", say=lambda _: None).close()
    (data,) = own_home.data.iterdir()
    with subprocess.Popen(["sleep", "600"], cwd=data, start_new_session=True) as helper:
        try:
            stop_all()
            assert own_home.traces() == []
        finally:
            helper.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stop_all_sweeps_up_after_killed_keepers(provider, number, own_home, start):
    """Whatever was killed, `labs down` leaves nothing."""
    start(provider)
    os.kill(own_home.keeper_pid(), number)
    stop_all()
    assert own_home.traces() == []


@pytest.fixture
def slow_initdb(own_home):
    """The folder of an initdb that writes for another second, whatever becomes of the shell that began it."""
    shutil.rmtree(own_home.home / "cache", ignore_errors=True)
    place = Path(tempfile.mkdtemp(dir=own_home.data.parent))
    place.chmod(0o755)
    program = place / "initdb"
    program.write_text('#!/bin/sh\nmkdir "$2"; (sleep 1; mkdir -p "$2"; touch "$2/late"); exit 1\n')
    program.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_initdb_whose_run_was_killed_leaves_nothing(number, own_home, slow_initdb, in_process, eventually):
    """It is still at work when `labs down` comes, which waits for its end and sweeps up after it."""
    run = in_process(
        "import pathlib; from harness.services import start_postgres\n"
        "from harness.services.postgres import binaries\n"
        f"binaries.programs = lambda: pathlib.Path({str(slow_initdb)!r})\n"
        "start_postgres('embedded', say=lambda _: None)"
    )
    eventually(lambda: list(own_home.data.glob("*/data")))
    run.send_signal(number)
    run.communicate()
    stop_all()
    assert own_home.traces() == []


def test_the_next_start_sweeps_up_after_a_killed_initdb(own_home, cache_to_harm, start):
    """Nobody has to know of `labs down`."""
    start("embedded").close()
    stop_all()
    (entry,) = [path.parent for path in cache_to_harm.glob("*/password")]
    shutil.rmtree(entry)
    left = own_home.data / f"{folders.workshop_prefix(entry.name)}left"
    left.mkdir()
    start("embedded")
    assert not left.exists()


# At the first moment the keeper has just been started, at the second the server is up but not yet written down.
@pytest.mark.parametrize(
    ("provider", "moment", "number"),
    [
        *(("embedded", "_require", number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)),
        *(("embedded", "write", number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)),
        ("docker", "_require", signal.SIGKILL),
        *(("docker", "write", number) for number in (signal.SIGINT, signal.SIGKILL)),
    ],
    indirect=["provider"],
)
def test_a_start_that_is_interrupted_leaves_nothing(provider, number, moment, stuck_start, own_home, eventually):  # noqa: PLR0913, PLR0917 - two moments, three signals, two providers
    """Ctrl-C, SIGTERM or SIGKILL in the middle of a start: the keeper takes everything away."""
    run = stuck_start(provider, moment)
    run.send_signal(number)
    run.communicate()
    eventually(lambda: own_home.traces() == [])


def test_a_keeper_that_has_just_been_born_is_not_overlooked(own_home, in_process):
    """Killed before its keeper has as much as begun, a start leaves nobody that `labs down` would not wait for."""
    run = in_process(
        "import os, signal, subprocess; from harness.services import SERVICES, provide, warm\n"
        "class Slow(subprocess.Popen):\n"
        "    def __init__(self, *arguments, **options):\n"
        "        super().__init__(*arguments, **options)\n"
        "        os.kill(self.pid, signal.SIGSTOP)\n"
        "        print(self.pid, flush=True)\n"
        "warm.subprocess.Popen = Slow\n"
        "provide(SERVICES['redis'], 'embedded', say=lambda _: None)"
    )
    keeper = int(run.stdout.readline())
    run.kill()
    run.wait()
    (folder,) = warm.all_folders()
    assert not folder.door.take(seconds=0)
    os.kill(keeper, signal.SIGCONT)
    stop_all()
    assert own_home.traces() == []
    # It may still be in the list of processes: Linux takes its memory first, then its locks, then its entry there.
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        assert psutil.Process(keeper).cmdline() == []


def test_who_looks_for_a_keeper_keeps_none_from_being_born(own_home, eventually):
    """Whether one lives is seen by its lock, which whoever looks has for a moment: a new keeper waits for that."""
    recipe = SERVICES["redis"].embedded()
    folder = warm.WarmFolder.of("redis", "embedded", recipe.configuration())
    alive = folder.path / "alive"

    def new_keeper_is_there():
        """Whether somebody else has the lock's file open."""
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                if str(alive) in {file.path for file in process.open_files()}:
                    return True
        return False

    with folder.door, ThreadPoolExecutor(1) as pool:
        with FileLock(alive):  # as if it were looked at right now
            starting = pool.submit(embedded.start, folder, recipe, say=lambda _: None)
            eventually(lambda: new_keeper_is_there() or starting.done())
        state = starting.result()
    assert running_servers() == [state]


@pytest.fixture
def stuck_start(in_process):
    """Start a server in another process that stops for ever at a step of the start."""

    def start_until(provider, step):
        run = in_process(
            "import time; from harness.services import warm, start_postgres\n"
            "def wait(*_): print('here', flush=True); time.sleep(60)\n"
            f"warm.WarmFolder.{step} = wait\n"
            f"start_postgres({provider!r}, say=lambda _: None)"
        )
        assert run.stdout.readline() == "here\n"
        return run

    return start_until


def harmed_states(text):
    """What a state file may have become: cut short, overwritten, or with each of its values gone or no longer sound."""
    yield from (b"", text.encode()[: len(text) // 2], b"[]", b"null", b"\0", b"\xff\xfe", text.encode() * 2)
    state = json.loads(text)
    for name, value in state.items():
        without = {key: other for key, other in state.items() if key != name}
        if name not in {"ports", "data", "container", "image", "instead"}:  # those may be left out
            yield json.dumps(without).encode()
        for other in (None, True, [], {}, 7.5, "x" if isinstance(value, int | dict) else 7):
            yield json.dumps({**state, name: other}).encode()
    for port in (0, -1, 65536):
        yield json.dumps({**state, "port": port}).encode()
    yield json.dumps({**state, "passwords": dict.fromkeys(state["passwords"], 7)}).encode()
    yield json.dumps({**state, "ports": dict.fromkeys(state["ports"], "7")}).encode()
    yield json.dumps({**state, "service": "kafka"}).encode()
    yield json.dumps({**state, "provider": "docker"}).encode()
    yield json.dumps({**state, "more": "than a state has"}).encode()


def test_no_broken_state_is_taken_for_a_server(own_home):
    """Half a file, one of another version, or one with any value that can't be: each counts as none."""
    server = provide(SERVICES["redis"], "embedded", say=lambda _: None)
    (file,) = own_home.home.glob("servers/*/state.json")
    service, folder = SERVICES["redis"], warm.WarmFolder(file.parent)
    sound = file.read_text()
    for harmed in harmed_states(sound):
        file.write_bytes(harmed)
        assert not running_servers() or not _is_complete(running_servers()[0], service), harmed
    file.write_text(sound)
    assert running_servers() == [folder.state()]
    assert _is_complete(folder.state(), service)
    server.close()


@pytest.mark.parametrize(
    ("provider", "text"),
    [("embedded", ""), ("embedded", "{"), ("embedded", "a server's own"), ("docker", "{")],
    indirect=["provider"],
)
def test_a_server_with_a_broken_state_is_replaced(provider, own_home, start, text):
    """Nobody could reach it any more: the next start ends it, and leaves one new server and no error."""
    first = start(provider)
    (file,) = own_home.home.glob("servers/*/state.json")
    file.write_text(text if text != "a server's own" else json.dumps({**json.loads(file.read_text()), "passwords": {}}))
    assert start(provider)._state.passwords != first._state.passwords
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


def test_a_state_that_can_not_be_written_leaves_nothing(own_home, monkeypatch):
    """Where the disk is full at that moment, there is no server, no state and no half of one."""
    monkeypatch.setattr(Path, "replace", lambda *_: os.write(os.open("/dev/full", os.O_WRONLY), b"x"))
    with pytest.raises(NoRoom, match="ran full"):
        provide(SERVICES["redis"], "embedded", say=lambda _: None)
    assert own_home.traces() == []
    assert {path.name for path in own_home.home.glob("servers/*/*")} == {"door", "lease", "alive", "server.log"}


def test_state_and_cache_are_closed_to_other_users(own_home, start):
    """What holds a password can be read by its owner only."""
    start("embedded")
    for path in [*own_home.home.glob("servers/*/state.json"), *own_home.home.glob("cache/*/password")]:
        assert path.stat().st_mode & 0o077 == 0, path
    for path in [*own_home.home.glob("servers/*"), own_home.home / "cache", *own_home.data.iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path
