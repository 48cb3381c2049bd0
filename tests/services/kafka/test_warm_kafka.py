"""Kafka is kept warm: found by the next run, replaced when it can't serve, ended with nothing left."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import shutil
import signal
import socket
import time
from dataclasses import replace

import pytest
from confluent_kafka import OFFSET_BEGINNING, TopicPartition
from homes import has_ended, on_one_provider
from java_machines import machines_of

from harness.errors import ServiceUnavailable
from harness.explorers import Wire
from harness.services import (
    SERVICES,
    docker_engine,
    embedded,
    folders,
    provide,
    pulse,
    running_servers,
    stop_all,
    warm,
)
from harness.services.kafka import jars, java, machine, prepared, probe, settings
from harness.services.kafka import server as server_module
from harness.services.kafka.embedded import KafkaEmbedded
from harness.services.own import provide_own

# Starts or adopts a server, says which, and keeps its lease until standard input ends.
USE = """
import sys
from harness.services.kafka.server import start_kafka
server = start_kafka({provider!r}, say=lambda _: None)
print(server._state.port, flush=True)
sys.stdin.read()
"""

# Prepares what a start begins with, and says so before it does.
PREPARE = """
from harness.services.kafka.embedded import KafkaEmbedded
from harness.services.own import provide_own
KafkaEmbedded().prepare(lambda line: print(line, flush=True))
"""


def port_of(process):
    return int(process.stdout.readline())


def with_container(home, act):
    with contextlib.closing(docker_engine.client()) as client:
        act(client.containers.get(home.containers()[0]))


def read_one(consumer):
    """The next value; a connection that broke is made again by the library."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        message = consumer.poll(0.05)
        if message is not None and message.error() is None:
            return message.value()
    return None


def serves(server):
    """Whether a topic can be made, written and read."""
    with server.space() as space:
        topic = space.topic("orders")
        producer = space.producer()
        producer.produce(topic, b"x")
        return producer.flush(60) == 0


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
    assert found.version == "4.4.0"
    assert serves(found)


@on_one_provider
def test_a_server_that_was_killed_is_replaced(provider, own_home, start):
    """A dead server is replaced without a word, and nothing of it stays."""
    first = start(provider)
    machines_of(own_home)[0].kill()
    second = start(provider)
    assert second._state.passwords != first._state.passwords
    assert serves(second)
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


def test_a_server_that_hangs_is_replaced(provider, own_home, start, monkeypatch):
    """A server that takes connections and never answers is not waited for, however patient one is with slow ones."""
    first = start(provider)
    if provider == "embedded":
        own_home.tell(signal.SIGSTOP)
    else:
        with_container(own_home, lambda container: container.pause())
    monkeypatch.setattr(server_module, "_PATIENCE", 3600.0)
    opened = []
    service = SERVICES["kafka"]
    counted = replace(service, open=lambda state, *more: opened.append(state.port) or service.open(state, *more))
    second = provide(counted, provider, say=lambda _: None)
    assert opened == [first._state.port, second._state.port]  # it was asked once
    assert second._state.passwords != first._state.passwords
    assert serves(second)
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == 1


def test_a_server_that_is_merely_slow_is_waited_for(provider, start):
    """A server that is silent for longer than one that hangs is waited for, as long as it has its turns meanwhile."""
    server = start(provider)
    signs = pulse.Pulse(server._state)
    looks = []
    with Wire((server._state.host, server._state.port)) as wire:

        def stopped():
            looks.append(signs.stopped())
            if len(looks) == 2 * pulse._LOOKS:
                wire.restore()
            return looks[-1]

        wire.blackhole("to_client")
        slow = replace(server._state, port=wire.port)
        assert probe.about(slow, [], seconds=120, stopped=stopped).brokers == {1: server._state.port}
    assert len(looks) >= 2 * pulse._LOOKS
    assert not any(looks)


def test_a_server_with_another_password_is_not_adopted(own_home, start, with_embedded):
    """Whoever answers on the port must know this run's password."""
    first = start("embedded")
    (file,) = own_home.home.glob("servers/kafka-*/state.json")
    file.write_text(file.read_text().replace(first._state.passwords[settings.USER], "another"))
    second = start("embedded")
    assert second._state.passwords != first._state.passwords
    assert serves(second)


def test_a_server_that_was_configured_differently_is_replaced(own_home, start, with_embedded, monkeypatch):
    """Changed settings are never ignored."""
    start("embedded").close()
    ready = [prepared.folder_of(java.find(ask=True), jars.locked())]
    monkeypatch.setattr(settings, "HEAP", ("-Xms64m", "-Xmx200m"))
    ready.append(prepared.folder_of(java.find(ask=True), jars.locked()))
    shutil.copytree(*ready, dirs_exist_ok=True)  # to prepare it would take another ten seconds, and prove nothing
    second = start("embedded")
    assert [state.port for state in running_servers()] == [second._state.port]
    assert "-Xmx200m" in machines_of(own_home)[0].cmdline()


def test_a_server_without_its_keeper_is_replaced(own_home, start, with_embedded, eventually):
    """Where the keeper was killed, the server ends, and nothing stays but the new one."""
    first = start("embedded")
    (old,) = machines_of(own_home)
    os.kill(own_home.keeper_pid(), signal.SIGKILL)
    eventually(lambda: not own_home.keepers())
    second = start("embedded")
    assert second._state.passwords != first._state.passwords
    eventually(lambda: has_ended(old))
    assert len(list(own_home.data.iterdir())) == 1


def test_what_was_written_survives_a_kill(provider, own_home):
    """A server of one's own that was killed comes back on the same port, with its topics and messages."""
    with provide_own(SERVICES["kafka"], provider, say=lambda _: None) as own:
        space = own.server.space()
        topic = space.topic("orders")
        producer = space.producer()
        producer.produce(topic, b"before")
        assert producer.flush(60) == 0
        settings_before = own.server.client_settings()
        own.restart()
        assert own.server.client_settings() == settings_before
        assert own.server.space().prefix != space.prefix  # nothing of this process's own is swept on the way
        consumer = space.consumer("readers")
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        assert read_one(consumer) == b"before"
        space.drop()
        assert topic not in own.server.admin.topics()
    assert own_home.traces() == []


def test_stop_all_leaves_nothing(provider, own_home, start):
    """No process, container or data is left, used or not, and it says what it has stopped."""
    server = start(provider)
    space = server.space()
    topic = space.topic("orders")
    consumer = space.consumer("readers")
    consumer.subscribe([topic])
    consumer.poll(0)
    (sentence,) = stop_all()
    assert sentence.startswith("stopped Kafka 4.4.0 (")
    assert own_home.traces() == []


def test_a_password_lies_in_no_file_that_others_can_read(own_home, start, with_embedded):
    """Whatever holds the password, in the data or the state, is closed to other users."""
    password = start("embedded")._state.passwords[settings.USER].encode()

    def holds(path):
        """Whether the password is in a file; the server makes and renames some all the time."""
        with contextlib.suppress(FileNotFoundError):
            return path.is_file() and not path.is_symlink() and password in path.read_bytes()
        return False

    places = [path for folder in (own_home.data, own_home.home / "servers") for path in folder.rglob("*")]
    holders = [path for path in places if holds(path)]
    assert {path.name for path in holders} == {"server.properties", "state.json"}
    for path in holders:
        assert path.stat().st_mode & 0o077 == 0
    assert password.decode() not in " ".join(machines_of(own_home)[0].cmdline())


def test_a_port_that_was_taken_meanwhile_is_exchanged(own_home, with_embedded, monkeypatch):
    """Where somebody takes a port between choice and bind, the server is started on others."""
    recipe = KafkaEmbedded()
    recipe.prepare(lambda _: None)
    folder = warm.WarmFolder.of("kafka", "embedded", recipe.configuration())
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        choose, (client, controller) = embedded.free_ports, embedded.free_ports(2)
        tries = iter([[taken, controller], [client, taken]])
        chosen = []
        monkeypatch.setattr(
            embedded, "free_ports", lambda count: chosen.append(next(tries, None) or choose(count)) or chosen[-1]
        )
        with folder.door:
            state = embedded.start(folder, recipe, say=lambda _: None)
    assert len(chosen) >= 3
    assert [*state.ports.values()] == chosen[-1]
    assert probe.serves(state, seconds=60)


def test_a_full_disk_is_told_as_such(own_home, with_embedded):
    """Where a server finds no room, that is what the learner reads."""
    recipe = KafkaEmbedded()
    state = warm.State("kafka", "embedded", "", "127.0.0.1", 1, {settings.USER: ""})
    with pytest.raises(ServiceUnavailable, match="ran full"):
        recipe.look(state, "ERROR LogDirFailureChannel - java.io.IOException: No space left on device")


def test_a_home_with_strange_letters_will_do(own_home, start, with_embedded, monkeypatch, tmp_path):
    """The paths of home and data may have blanks, commas, colons and letters that no C locale knows."""
    home = tmp_path / "Zoë's, home: 1"
    home.mkdir()
    (home / "cache").symlink_to((own_home.home / "cache").resolve())
    data = own_home.data / "Zoë, 1"
    data.mkdir()
    with monkeypatch.context() as patch:
        patch.setenv("LABS_HOME", str(home))
        patch.setenv("LABS_DATA", str(data))
        server = start("embedded")
        assert serves(server)
        server.close()
        stop_all()
        assert list(data.iterdir()) == []
    data.rmdir()


def test_a_data_folder_where_no_program_may_run_will_do(own_home, start, with_embedded, monkeypatch):
    """Where the data lies in a place without code, as /dev/shm may be, the code for compression lies elsewhere."""
    monkeypatch.setattr(machine, "may_run_programs", lambda _: False)
    server = start("embedded")
    with server.space() as space:
        topic = space.topic("orders")
        producer = space.producer(compression_type="snappy")
        producer.produce(topic, b"a" * 10_000)
        assert producer.flush(60) == 0
    elsewhere = folders.home() / "cache" / "kafka-temporary"
    assert any(elsewhere.iterdir())
    server.close()
    stop_all()
    assert not any(elsewhere.iterdir())
