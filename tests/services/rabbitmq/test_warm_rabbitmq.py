"""RabbitMQ is kept warm: found by the next run, replaced when it can't serve, ended with nothing left."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import signal
import socket

import psutil
import pytest
from homes import on_one_provider, stop_until_looked_at

from harness.errors import ServiceUnavailable
from harness.services import embedded, running_servers, stop_all
from harness.services.rabbitmq import settings

# Starts or adopts a server, says which, and keeps its lease until standard input ends.
USE = """
import sys
from harness.services.rabbitmq.server import start_rabbitmq
server = start_rabbitmq({provider!r}, say=lambda _: None)
print(server._state.port, flush=True)
sys.stdin.read()
"""


def port_of(process):
    return int(process.stdout.readline())


def processes_of(home):
    """The server itself and its helpers: they work in its data folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd().startswith(f"{home.data}/"):
                found.append(process)
    return found


def machine_of(home):
    """The Erlang machine, which is the server."""
    found = []
    for process in processes_of(home):
        with contextlib.suppress(psutil.NoSuchProcess):  # a helper that had little to do
            if "-sname" in process.cmdline():
                found.append(process)
    (machine,) = found
    return machine


def listening(process):
    """Where a process listens: nowhere any more where it has ended meanwhile."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return {
            (each.laddr.ip, each.laddr.port) for each in process.net_connections() if each.status == psutil.CONN_LISTEN
        }
    return set()


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
    assert found.version.startswith("4.")
    with found.vhost() as vhost, vhost.connect() as connection:
        assert connection.is_open


@on_one_provider
def test_a_server_that_was_killed_is_replaced(provider, own_home, start):
    """A dead server is replaced without a word, and nothing of it stays."""
    first = start(provider)
    machine_of(own_home).kill()
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    with second.vhost() as vhost, vhost.connect() as connection:
        assert connection.is_open
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


@on_one_provider
def test_a_server_that_hangs_is_replaced(provider, own_home, start):
    """A server that takes connections and never answers is not waited for, and not adopted."""
    first = start(provider)
    own_home.tell(signal.SIGSTOP)
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


def test_a_server_that_is_merely_slow_is_not_replaced(own_home, start, with_embedded, monkeypatch):
    """One that is silent for long, and then goes on, is waited for: others may be at work on it."""
    first = start("embedded")
    stop_until_looked_at(own_home, monkeypatch)
    assert start("embedded")._state == first._state


def test_a_server_with_another_password_is_not_adopted(own_home, start, with_embedded):
    """Whoever answers on the port must know this run's password."""
    first = start("embedded")
    (file,) = own_home.home.glob("servers/rabbitmq-*/state.json")
    file.write_text(file.read_text().replace(first._state.passwords[settings.ADMINISTRATOR], "another"))
    second = start("embedded")
    assert second._state.passwords != first._state.passwords


def test_a_server_that_was_configured_differently_is_replaced(own_home, start, with_embedded, monkeypatch):
    """Changed settings are never ignored."""
    start("embedded").close()
    monkeypatch.setattr(settings, "SETTINGS", (*settings.SETTINGS, ("rabbit", "channel_max", "7")))
    second = start("embedded")
    assert [state.port for state in running_servers()] == [second._state.port]
    with second.vhost() as vhost, vhost.connect() as connection:
        channels = [connection.channel() for _ in range(7)]
        assert len(channels) == 7
        assert connection._impl.params.channel_max == 7


def test_a_server_without_its_keeper_is_replaced(own_home, start, with_embedded, eventually):
    """Where the keeper was killed, the server and its helpers end, and nothing stays but the new one."""
    first = start("embedded")
    old = processes_of(own_home)
    assert len(old) > 1, "the Erlang machine has helpers"
    os.kill(own_home.keeper_pid(), signal.SIGKILL)
    eventually(lambda: not own_home.keepers())
    second = start("embedded")
    assert second._state.passwords != first._state.passwords
    _, alive = psutil.wait_procs(old, timeout=60)  # ended, they count until they are buried
    assert alive == []
    assert len(list(own_home.data.iterdir())) == 1


def test_stop_all_leaves_nothing(provider, own_home, start):
    """No process, container or data is left, used or not, and it says what it has stopped."""
    server = start(provider)
    server.vhost().connect()
    there = processes_of(own_home)
    (sentence,) = stop_all()
    assert sentence.startswith("stopped RabbitMQ 4.")
    _, alive = psutil.wait_procs(there, timeout=60)  # Erlang's helpers see the machine's end, and follow it
    assert alive == []
    assert own_home.traces() == []


def test_no_port_mapper_is_left_or_needed(own_home, start, with_embedded):
    """The node listens on its two ports alone, on loopback, and has started no daemon of Erlang's."""
    server = start("embedded")
    listened_at = set().union(*map(listening, processes_of(own_home)))
    assert listened_at == {("127.0.0.1", port) for port in server._state.ports.values()}


@pytest.mark.parametrize("place", [0, 1])  # of the port for clients, and of the one for the management API
def test_a_taken_port_leads_to_another(own_home, start, with_embedded, monkeypatch, place):
    """A port that somebody took between its choice and its use costs a second try and nothing else."""
    choose = embedded.free_ports
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = choose(2)
        taken[place] = stranger.getsockname()[1]
        choices = iter([taken])
        monkeypatch.setattr(embedded, "free_ports", lambda count: next(choices, None) or choose(count))
        server = start("embedded")
        assert next(choices, None) is None
        assert taken[place] not in server._state.ports.values()
        with server.vhost() as vhost, vhost.connect() as connection:
            assert connection.is_open
    assert len(list(own_home.data.iterdir())) == 1


def test_a_learners_environment_does_not_reach_the_server(own_home, start, with_embedded, monkeypatch):
    """RABBITMQ_* and ERL_* of the learner's own shell change nothing."""
    monkeypatch.setenv("RABBITMQ_NODENAME", "learners@elsewhere")
    monkeypatch.setenv("RABBITMQ_NODE_PORT", "1")
    monkeypatch.setenv("ERL_FLAGS", "-no_such_flag +zz")
    with start("embedded").vhost() as vhost, vhost.connect() as connection:
        assert connection.is_open


@on_one_provider
def test_a_server_that_is_gone_is_told_as_such(own_home, start, provider):
    """In the middle of a run, a dead server leads to one sentence for a person."""
    server = start(provider)
    vhost = server.vhost()
    machine_of(own_home).kill()
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        server.vhost()
    with pytest.raises(ServiceUnavailable, match="lets nobody into"):
        vhost.connect()
