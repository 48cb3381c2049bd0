"""A space belongs to one test: nobody else has its names, and it goes with all that is in it."""

# ruff: noqa: ARG001 - a home is asked for what it does, not for what it gives

import re
import signal
import subprocess
import sys
import time

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from homes import on_one_provider

from harness.errors import ServiceUnavailable
from harness.services import SERVICES, provide_own, stop_all
from harness.services.kafka import admin as admin_module
from harness.services.kafka import probe

# Makes a space with a topic and a member of a group in it, says its prefix, and keeps both until standard input ends.
MAKE = """
import sys
from harness.services.kafka.server import start_kafka
server = start_kafka({provider!r}, say=lambda _: None)
space = server.space()
topic = space.topic("left")
consumer = space.consumer("left", session_timeout_ms=200, heartbeat_interval_ms=100)
consumer.subscribe([topic])
while not consumer.assignment():
    consumer.poll(0.05)
print(space.prefix, flush=True)
sys.stdin.read()
"""


def write(producer, topic, *values):
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(60) == 0


def read(consumer, count, seconds=60):
    """So many values; an error event fails the test."""
    deadline = time.monotonic() + seconds
    values = []
    while len(values) < count and time.monotonic() < deadline:
        if message := consumer.poll(0.05):
            assert message.error() is None, message.error()
            values.append(message.value())
    return values


def names_on(server, prefix):
    return {name for name in server.admin.topics() | server.admin.groups() if name.startswith(prefix)}


def learners_consumer(space, topic, group="theirs"):
    """A consumer that a learner has made with the library and forgotten, with a group that it is a member of."""
    consumer = Consumer({**space.client_settings(), "group.id": space.group(group), "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    deadline = time.monotonic() + 60
    while not consumer.assignment():
        assert time.monotonic() < deadline
        consumer.poll(0.05)
    return consumer


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_message_goes_through(space, protocol):
    """What is produced to a topic is consumed from it by a group, under either protocol."""
    topic = space.topic("orders", partitions=3)
    write(space.producer(), topic, b"one", b"two")
    consumer = space.consumer("readers", group_protocol=protocol)
    consumer.subscribe([topic])
    assert sorted(read(consumer, 2)) == [b"one", b"two"]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_messages_go_through(space, codec):
    """The server has the code for every way to compress: it unpacks each batch to check it."""
    topic = space.topic("orders")
    write(space.producer(compression_type=codec), topic, b"a" * 10_000)
    consumer = space.consumer("readers")
    consumer.subscribe([topic])
    assert read(consumer, 1) == [b"a" * 10_000]


def test_an_aborted_transaction_is_not_read(space):
    """Of two transactions, those who read what is committed see the one that was committed."""
    topic = space.topic("orders")
    producer = space.producer(transactional_id="till")
    producer.init_transactions(60)
    for value, end in ((b"aborted", producer.abort_transaction), (b"committed", producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(topic, value)
        producer.flush(60)
        end(60)
    consumer = space.consumer("readers", isolation_level="read_committed")
    consumer.subscribe([topic])
    assert read(consumer, 1) == [b"committed"]


def test_the_end_of_a_topic_is_behind_a_transaction_under_way(space):
    """Whoever reads what is committed is told an end before it; the space tells where the topic really ends."""
    topic = space.topic("orders", 2)
    producer = space.producer(transactional_id="till")
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topic, b"under way", partition=1)
    producer.flush(60)
    assert space.ends(topic) == [0, 1]
    place = TopicPartition(topic, 1)
    assert space.consumer("readers").get_watermark_offsets(place, timeout=60)[1] == 0
    producer.abort_transaction(60)


def test_spaces_do_not_see_each_other(server):
    """Topics and groups of one name in two spaces are two topics and two groups."""
    with server.space() as one, server.space() as other:
        mine, theirs = one.topic("orders"), other.topic("orders")
        write(one.producer(), mine, b"mine")
        write(other.producer(), theirs, b"theirs")
        consumer = one.consumer("readers")
        consumer.subscribe([mine])
        assert read(consumer, 1) == [b"mine"]
        assert consumer.poll(0) is None
        assert one.plain(mine) == other.plain(theirs) == "orders"


def test_a_topic_has_the_settings_it_was_given(server, space):
    """A topic's own settings reach the server, and one that the server doesn't know is refused."""
    from confluent_kafka.admin import ConfigResource, ResourceType

    topic = space.topic("state", configuration={"cleanup.policy": "compact"})
    resource = ConfigResource(ResourceType.TOPIC, topic)
    described = server.admin._client.describe_configs([resource])[resource].result(60)
    assert described["cleanup.policy"].value == "compact"
    with pytest.raises(KafkaException) as refused:
        space.topic("other", configuration={"no.such.setting": "1"})
    assert refused.value.args[0].code() == KafkaError.INVALID_CONFIG


def test_a_topic_that_nobody_made_is_an_error(server, space):
    """A misspelt topic does not come into being: whoever writes to it is told."""
    told = []
    producer = space.producer(topic_metadata_propagation_max_ms=0)
    producer.produce(space.prefix + "misspelt", b"x", on_delivery=lambda error, _: told.append(error.code()))
    producer.flush(60)
    # The server's word, or the client's own.
    assert told in ([KafkaError.UNKNOWN_TOPIC_OR_PART], [KafkaError._UNKNOWN_TOPIC])
    assert names_on(server, space.prefix) == set()


def test_a_topic_is_ready_when_it_is_given(space):
    """A consumer that is assigned a partition at once meets no error: the server already leads it."""
    for number in range(10):
        topic = space.topic(f"t{number}", partitions=4)
        partitions = space.server.admin._client.list_topics(topic, timeout=60).topics[topic].partitions
        assert [partition.leader for partition in partitions.values()] == [1] * 4


def test_a_drop_removes_topics_groups_and_clients(server):
    """Nothing of a space is left, though its clients were never closed."""
    space = server.space()
    topic = space.topic("orders")
    write(space.producer(), topic, b"x")
    consumer = space.consumer("readers")
    consumer.subscribe([topic])
    assert read(consumer, 1) == [b"x"]
    assert names_on(server, space.prefix) == {topic, space.group("readers")}
    space.drop()
    assert names_on(server, space.prefix) == set()
    with pytest.raises(RuntimeError, match="closed"):
        consumer.poll(0)
    space.drop()


def test_a_producer_in_a_transaction_does_not_hold_up_a_drop(server):
    """A space with a transaction that is still open goes like any other."""
    space = server.space()
    topic = space.topic("orders")
    producer = space.producer(transactional_id="till")
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topic, b"x")
    space.drop()
    assert names_on(server, space.prefix) == set()


def test_a_hundred_topics_go_at_once(server):
    """A test that leaves a hundred topics leaves none."""
    space = server.space()
    for number in range(100):
        space.topic(f"t{number}")
    assert len(names_on(server, space.prefix)) == 100
    space.drop()
    assert names_on(server, space.prefix) == set()


def test_a_consumer_that_is_never_closed_keeps_its_group_only(server):
    """The topics go with the space; the group goes with a later drop, once its member has gone."""
    space = server.space()
    topic = space.topic("orders")
    consumer = learners_consumer(space, topic)
    space.drop()
    assert names_on(server, space.prefix) == {space.group("theirs")}
    consumer.close()
    with server.space():
        pass
    assert names_on(server, space.prefix) == set()


def test_neighbours_survive_a_drop(server):
    """A drop removes nothing of another space."""
    with server.space() as staying:
        topic = staying.topic("orders")
        with server.space() as going:
            going.topic("orders")
        assert names_on(server, staying.prefix) == {topic}


@on_one_provider
def test_a_close_removes_what_was_never_dropped(start, provider):
    """A run that forgets its spaces leaves nothing on the warm server."""
    first, second = start(provider), start(provider)
    prefix = first.space().prefix
    first.admin.create_topic(f"{prefix}orders", 1, {})
    first.close()
    assert names_on(second, prefix) == set()


@on_one_provider
def test_what_a_killed_run_has_left_is_swept(start, provider, in_process, eventually):
    """The next run removes topics and groups of processes that have ended without a word, and of no others."""
    killed, living = in_process(MAKE.format(provider=provider)), in_process(MAKE.format(provider=provider))
    left, used = killed.stdout.readline().strip(), living.stdout.readline().strip()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    server = start(provider)
    assert names_on(server, left) == {f"{left}left"}

    def swept():
        """A member that was killed is missed after its session's time; until then its group can't go."""
        again = start(provider)
        again.space()
        return not names_on(again, left)

    eventually(swept)
    assert names_on(server, used) == {f"{used}left"}


def test_the_password_is_needed(server):
    """Neither a client without a password nor one with a wrong one gets a word out of the server."""
    settings = server.client_settings()
    for change in ({"security.protocol": "PLAINTEXT"}, {"sasl.password": "wrong"}):
        with pytest.raises(KafkaException):
            Producer({**settings, **change}).list_topics(timeout=1)
    assert Producer(settings).list_topics(timeout=60).brokers


def test_the_settings_are_plain_values(server):
    """What a client needs can be handed to another process: text and numbers."""
    assert {type(value) for value in server.client_settings().values()} <= {str, int}


def test_a_lost_server_leaves_no_lines_on_the_terminal(server):
    """The library's own words about a connection that fails are kept from the learner."""
    settings = {**server.client_settings(), "bootstrap.servers": "127.0.0.1:1"}
    code = (
        "from confluent_kafka import Producer, KafkaException\n"
        f"producer = Producer({settings!r})\n"
        "try:\n    producer.list_topics(timeout=1)\n"
        "except KafkaException:\n    print('refused')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ("refused\n", "")


def test_the_password_is_not_shown(server):
    """What a failed assertion prints of a server and a space has no password in it."""
    with server.space() as space:
        shown = f"{server!r} {space!r} {server._state!r}"
    assert re.search(r"KafkaServer\((embedded|docker) 4\.4\.0, port \d+\)", shown)
    assert server._state.passwords["labs"] not in shown


@on_one_provider
def test_a_server_that_is_gone_is_no_wrong_answer(start, provider, monkeypatch):
    """Where the server ends in the middle of a test, the verdict is that none can be given."""
    monkeypatch.setattr(admin_module, "_SILENCE", 0.2)
    server = start(provider)
    space = server.space()
    space.topic("orders")
    stop_all()
    for work in (lambda: space.topic("more"), space.drop, server.admin.topics):
        with pytest.raises(ServiceUnavailable, match="the Kafka server was lost"):
            work()


@on_one_provider
def test_a_server_that_is_slow_is_waited_for(provider, own_home, monkeypatch):
    """Silence alone is no sign of death: what was asked of a server that stands still comes when it goes on."""
    monkeypatch.setattr(admin_module, "_SILENCE", 0.2)
    standing_still, look = [], probe.answers

    def answers(state):
        """Once asked whether it lives, it goes on, and answers that, too."""
        if standing_still:
            standing_still.clear()
            own.resume()
        return look(state, seconds=60)

    with provide_own(SERVICES["kafka"], provider, say=lambda _: None) as own:
        monkeypatch.setattr(probe, "answers", answers)
        for ask in (own.server.admin.groups, own.server.admin.topics):
            ask()
            own.pause()
            standing_still.append(True)
            ask()
            assert not standing_still
