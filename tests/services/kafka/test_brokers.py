"""Brokers of a cluster are paused, killed and started again; what holds then is what real clients see."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from homes import PROVIDERS, need, on_one_provider
from java_machines import machines_of

from harness.errors import ServiceUnavailable, UsageError
from harness.services import Brokers, docker_engine, provide_brokers, stop_all
from harness.services.kafka import probe, settings
from harness.services.kafka.cluster.embedded import BrokerEmbedded

# Holds a cluster until standard input ends.
HOLD = """
import sys
from harness.services import provide_brokers
brokers = provide_brokers(2, {provider!r}, say=lambda _: None)
print("up", flush=True)
sys.stdin.read()
"""

TWO_IN_SYNC = {"min.insync.replicas": "2"}

# For what the brokers do among themselves, once they can be reached, paused, killed and started again.
on_one_cluster = pytest.mark.parametrize("three", PROVIDERS[:1], indirect=True)


def quiet(_):
    """Progress that nobody reads."""


@pytest.fixture(scope="module", params=PROVIDERS)  # four Java machines that nobody else needs
def three(request, shared_home) -> Iterator[Brokers]:
    """Three brokers of each provider, for all tests that leave them able to be healed."""
    need(request.param, "kafka")
    with shared_home.entered():
        started = provide_brokers(3, request.param, say=quiet)
    with started:
        yield started


@pytest.fixture
def cluster(three) -> Brokers:
    """The three, all of them running, with all replicas in sync."""
    three.heal()
    return three


@pytest.fixture
def space(cluster):
    """A space on the three brokers."""
    with cluster.space() as fresh:
        yield fresh


def write(space, topic, *values, acks="all", **options):
    """Write values, each of which must be acknowledged."""
    refused = []
    producer = space.producer(acks=acks, **options)
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _: error and refused.append(error))
    assert producer.flush(60) == 0
    assert not refused


def refusal_of(space, topic, value, **options):
    """Try to write a value once, and return the code of the error."""
    errors = []
    producer = space.producer(retries=0, **options)
    producer.produce(topic, value, on_delivery=lambda error, _: errors.append(error))
    assert producer.flush(60) == 0
    return errors[0].code()


def read(settings_of_a_client, topic, count):
    """The first values of a topic, in order, read without a group."""
    consumer = Consumer({**settings_of_a_client, "group.id": "nobody", "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        return take(consumer, count)
    finally:
        consumer.close()


def take(consumer, count):
    """So many values; a connection that broke is made again by the library."""
    values = []
    deadline = time.monotonic() + 60
    while len(values) < count and time.monotonic() < deadline:
        message = consumer.poll(0.05)
        if message is not None and message.error() is None:
            values.append(message.value())
    return values


def test_what_was_acknowledged_survives_its_leader(cluster, space):
    """Where the leader of a partition is killed, another broker leads, and has all that all replicas were to have."""
    topic = space.topic("orders", configuration=TWO_IN_SYNC)
    leader = cluster.leader_of(topic)
    write(space, topic, b"1", b"2", b"3")
    leader.kill()
    successor = cluster.leader_of(topic)
    assert successor is not leader
    assert read(space.client_settings(), topic, 3) == [b"1", b"2", b"3"]


@on_one_cluster
def test_a_producer_finds_the_new_leader_itself(cluster, space):
    """A producer that was there before the leader was killed goes on with the next one, and writes nothing twice."""
    topic = space.topic("orders", configuration=TWO_IN_SYNC)
    producer = space.producer(acks="all", enable_idempotence=True)
    producer.produce(topic, b"before")
    assert producer.flush(60) == 0
    cluster.leader_of(topic).kill()
    producer.produce(topic, b"after")
    assert producer.flush(60) == 0
    producer.produce(topic, b"last")
    assert producer.flush(60) == 0
    assert read(space.client_settings(), topic, 3) == [b"before", b"after", b"last"]


@on_one_cluster
def test_a_minority_refuses_what_it_could_not_keep(cluster, space):
    """With one replica in sync where two are required, a write for all is refused, though one for the leader is not."""
    topic = space.topic("orders", configuration=TWO_IN_SYNC)
    leader = cluster.leader_of(topic)
    for broker in (broker for broker in cluster.brokers if broker is not leader):
        broker.pause()
    cluster.wait_for_in_sync(topic, [leader])
    assert refusal_of(space, topic, b"1", acks="all") == KafkaError.NOT_ENOUGH_REPLICAS
    write(space, topic, b"2", acks=1)


@on_one_cluster
def test_the_last_of_three_still_elects_itself(cluster, space):
    """Where the leader and its first successor are lost, the third one leads: the brokers need no majority."""
    topic = space.topic("orders")
    write(space, topic, b"1")
    for _ in range(2):
        # Who is out of sync for a moment could not lead.
        cluster.wait_for_in_sync(topic, [broker for broker in cluster.brokers if broker.is_running])
        cluster.leader_of(topic).pause()
    (last,) = (broker for broker in cluster.brokers if broker.is_running)
    assert cluster.leader_of(topic) is last
    write(space, topic, b"2")
    assert read(space.client_settings(), topic, 2) == [b"1", b"2"]


def test_a_restarted_broker_catches_up_and_is_in_sync_again(cluster, space):
    """A broker comes back at its old address and fetches what it has missed; alone it can then lead with all of it."""
    topic = space.topic("orders")
    write(space, topic, b"before")
    broker = next(each for each in cluster.brokers if each is not cluster.leader_of(topic))
    address = broker.address
    broker.kill()
    cluster.wait_for_in_sync(topic, [each for each in cluster.brokers if each is not broker])
    write(space, topic, b"meanwhile")
    broker.start()
    cluster.wait_for_in_sync(topic, cluster.brokers)
    for each in cluster.brokers:
        if each is not broker:
            each.pause()
    assert cluster.leader_of(topic) is broker
    assert broker.address == address
    assert read(space.client_settings(), topic, 2) == [b"before", b"meanwhile"]


@on_one_cluster
def test_a_replica_that_missed_something_is_not_elected(cluster, space):
    """Where only a broker that was out of sync is left, its partition has no leader until one comes that has all."""
    topic = space.topic("orders", replicas=2)
    leader = cluster.leader_of(topic)
    (number,) = set(cluster.wait_for(topic, lambda _: True, "be there").replicas) - {leader.number}
    follower = cluster.brokers[number - 1]
    follower.kill()
    cluster.wait_for_in_sync(topic, [leader])
    write(space, topic, b"missed")
    leader.pause()
    cluster.wait_for(topic, lambda seen: seen.leader is None, "lose its leader")
    follower.start()
    assert cluster.wait_for(topic, lambda _: True, "be there").leader is None
    leader.resume()
    assert cluster.leader_of(topic) is leader
    assert read(space.client_settings(), topic, 1) == [b"missed"]


def test_a_paused_leader_is_replaced_and_hears_of_it_when_it_goes_on(cluster, space):
    """To its cluster a paused broker is a lost one; resumed, it follows the leader that was elected meanwhile."""
    topic = space.topic("orders", configuration=TWO_IN_SYNC)
    leader = cluster.leader_of(topic)
    write(space, topic, b"before")
    leader.pause()
    successor = cluster.leader_of(topic)
    assert successor is not leader
    write(space, topic, b"meanwhile")
    leader.resume()
    cluster.wait_for_in_sync(topic, cluster.brokers)
    assert cluster.leader_of(topic) is successor
    assert read(space.client_settings(), topic, 2) == [b"before", b"meanwhile"]


@on_one_cluster
def test_a_topic_has_as_many_replicas_as_are_asked_for(cluster, space):
    """Without a word there is one on each broker; more than there are brokers are refused."""
    for replicas, expected in [(None, 3), (1, 1), (2, 2)]:
        topic = space.topic(f"of-{replicas}", partitions=2, replicas=replicas)
        for partition in range(2):
            cluster.leader_of(topic, partition)
            found = cluster.wait_for(topic, lambda _: True, "be there", partition=partition)
            assert len(found.replicas) == len(found.in_sync) == expected


@on_one_cluster
def test_a_group_goes_on_where_it_was_without_its_coordinator(cluster, space):
    """What a group has committed survives the broker that has kept its offsets."""
    topic = space.topic("orders")
    write(space, topic, b"1", b"2")
    # However slow this machine is, the group doesn't miss its member before that has committed.
    first = space.consumer("readers", enable_auto_commit=False, session_timeout_ms=60_000)
    first.subscribe([topic])
    assert take(first, 1) == [b"1"]
    first.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False)
    first.close()
    cluster.leader_of("__consumer_offsets").kill()
    cluster.leader_of("__consumer_offsets")
    second = space.consumer("readers")
    second.subscribe([topic])
    assert take(second, 1) == [b"2"]


@on_one_cluster
def test_a_transaction_commits_without_its_first_coordinator(cluster, space):
    """A transaction whose coordinator is killed half-way is committed by the next one, whole."""
    topic = space.topic("orders", configuration=TWO_IN_SYNC)
    producer = space.producer(transactional_id="clerk")
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topic, b"1")
    assert producer.flush(60) == 0
    cluster.leader_of("__transaction_state").kill()
    producer.produce(topic, b"2")
    producer.commit_transaction(60)
    assert read(space.client_settings(), topic, 2) == [b"1", b"2"]


def test_clients_are_told_of_all_brokers(cluster):
    """A client that reaches one broker knows all of them, by the addresses in the client's settings."""
    addresses = [broker.address for broker in cluster.brokers]
    assert cluster.client_settings()["bootstrap.servers"] == ",".join(addresses)
    only_one = {**cluster.client_settings(), "bootstrap.servers": addresses[1], "group.id": "nobody"}
    found = Consumer(only_one).list_topics(timeout=60).brokers.values()
    assert {(each.id, f"{each.host}:{each.port}") for each in found} == set(enumerate(addresses, start=1))


def test_strangers_stay_out(cluster):
    """Neither a broker nor the controller lets anyone in who doesn't have the cluster's password."""
    for state in (cluster.brokers[1].own.state, cluster._controller.state):
        other = {**state.passwords, settings.USER: "another"}
        with pytest.raises(probe.Refused):
            probe.admits(type(state)(**{**vars(state), "passwords": other}), seconds=20)
    without_a_password = Consumer(
        {"bootstrap.servers": cluster.brokers[0].address, "group.id": "nobody", "log_level": 0}
    )
    with pytest.raises(KafkaException):
        without_a_password.list_topics(timeout=2)


def test_they_listen_on_loopback_only(cluster, shared_home):
    """No port of any node can be reached from another machine."""
    if cluster.provider == "embedded":
        listening = [
            connection.laddr.ip
            for machine in machines_of(shared_home)
            for connection in machine.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert len(listening) >= 4
        assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
        return
    client = docker_engine.client()
    published = [
        binding["HostIp"]
        for name in (cluster._controller.state.container, *(each.own.state.container for each in cluster.brokers))
        for bindings in (client.containers.get(name).attrs["HostConfig"]["PortBindings"] or {}).values()
        for binding in bindings
    ]
    client.close()
    assert published == ["127.0.0.1"] * 4


@on_one_cluster
def test_what_cannot_be_done_to_a_broker_is_refused(cluster):
    """A broker that is killed can't be paused, and one that runs can't be started; the sentence says how it is."""
    broker = cluster.brokers[2]
    for act in (broker.resume, broker.start):
        with pytest.raises(UsageError, match="broker 3 is running"):
            act()
    broker.pause()
    with pytest.raises(UsageError, match="broker 3 is paused"):
        broker.pause()
    broker.kill()
    for act in (broker.pause, broker.resume, broker.kill):
        with pytest.raises(UsageError, match="broker 3 is killed"):
            act()
    assert repr(broker) == "Broker(3, killed)"


@on_one_cluster
def test_waiting_for_what_never_comes_ends_with_what_was_seen(cluster, space):
    """The deadline is the caller's, and the verdict shows the brokers' own words."""
    topic = space.topic("orders")
    with pytest.raises(ServiceUnavailable, match=r"partition 0 of .*orders did not have the brokers \[1\] in sync"):
        cluster.wait_for_in_sync(topic, cluster.brokers[:1], seconds=0.2)
    with pytest.raises(ServiceUnavailable, match="did not have a leader that runs"):
        cluster.leader_of("nothing", seconds=0.2)


@on_one_cluster
def test_nobody_can_be_asked_where_no_broker_runs(cluster, space):
    """With all brokers down there is nothing to wait for; healed, the cluster has all it had."""
    topic = space.topic("orders")
    write(space, topic, b"1")
    for broker in cluster.brokers:
        broker.pause()
    with pytest.raises(UsageError, match="no broker runs"):
        cluster.leader_of(topic)
    cluster.heal()
    assert read(space.client_settings(), topic, 1) == [b"1"]


@on_one_cluster
def test_a_dropped_space_leaves_nothing_on_brokers_that_run(cluster):
    """Topics and groups of a space go with it."""
    space = cluster.space()
    topic = space.topic("orders")
    write(space, topic, b"1")
    consumer = space.consumer("readers")
    consumer.subscribe([topic])
    assert take(consumer, 1) == [b"1"]
    space.drop()
    assert topic not in cluster.admin.topics()
    assert space.group("readers") not in cluster.admin.groups()


@pytest.fixture(params=PROVIDERS)
def provider(request) -> str:
    """Each provider that this machine has for Kafka."""
    need(request.param, "kafka")
    return request.param


@on_one_provider
def test_either_of_two_may_be_killed(provider, own_home):
    """Two brokers are a cluster in which each can take over from the other; closed, it leaves nothing."""
    with provide_brokers(2, provider, say=quiet) as cluster:
        space = cluster.space()
        topic = space.topic("orders")
        for value in (b"1", b"2"):
            leader = cluster.leader_of(topic)
            write(space, topic, value)
            leader.kill()
            assert cluster.leader_of(topic) is not leader
            cluster.heal()
        assert read(space.client_settings(), topic, 2) == [b"1", b"2"]
        cluster.brokers[0].pause()  # what is paused or dead is taken away like the rest
        cluster.brokers[1].kill()
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*-own*")) == []


def test_a_killed_process_leaves_no_cluster(provider, own_home, in_process, eventually):
    """All nodes of a cluster end soon after the process that had it, with their containers and data."""
    process = in_process(HOLD.format(provider=provider))
    assert process.stdout.readline() == "up\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    eventually(lambda: own_home.traces() == [])
    stop_all()
    assert list(own_home.home.glob("servers/*-own*")) == []


def test_stop_all_takes_a_cluster_down(provider, own_home, in_process):
    """`labs down` ends a cluster that is in use, node by node, and leaves nothing."""
    process = in_process(HOLD.format(provider=provider))
    assert process.stdout.readline() == "up\n"
    said = stop_all()
    assert len(said) == 3
    assert all(sentence.startswith("stopped Kafka 4.4.0") for sentence in said)
    assert own_home.traces() == []


def test_a_broker_that_does_not_start_takes_the_others_with_it(own_home, with_embedded, monkeypatch):
    """A cluster is there whole or not at all."""
    whole = BrokerEmbedded.look

    def look(recipe, state, log):
        if recipe._number == 2:
            raise ServiceUnavailable("broker 2 is not in the mood")
        return whole(recipe, state, log)

    monkeypatch.setattr(BrokerEmbedded, "look", look)
    with pytest.raises(ServiceUnavailable, match="not in the mood"):
        provide_brokers(2, "embedded", say=quiet)
    assert own_home.traces() == []
    assert list(own_home.home.glob("servers/*-own*")) == []


@pytest.mark.parametrize("count", [1, 6])
def test_a_number_of_brokers_that_makes_no_cluster_is_refused(own_home, count):
    """One broker is no cluster, and six are too many for one machine."""
    with pytest.raises(UsageError, match=f"{count} brokers"):
        provide_brokers(count, "embedded", say=quiet)


def test_who_does_not_ask_for_brokers_does_not_import_them():
    """The services can be imported without Kafka's rooms and its library; asked for by name, they are there."""
    code = (
        "import sys, harness.services as s\n"
        "assert not [name for name in sys.modules if name.startswith(('harness.services.kafka', 'confluent'))]\n"
        "assert all(getattr(s, name) for name in s.__all__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
