"""A server is asked without the client library whether it serves; nothing else that answers is taken for one."""

import contextlib
import socket
import struct
import threading

import pytest

from harness.services.kafka import probe
from harness.services.kafka.metadata import Partition
from harness.services.warm import State


@pytest.fixture
def answering():
    """A server that answers each request with the next of some bytes, and hangs up after the last; gives its state."""
    with contextlib.ExitStack() as stack:

        def start(answers):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve():
                with contextlib.suppress(OSError), listener.accept()[0] as connection:
                    for answer in answers:
                        connection.recv(4096)
                        connection.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            return State("kafka", "embedded", "", "127.0.0.1", listener.getsockname()[1], {"labs": "secret"})

        yield start


def message(number, body):
    """An answer in Kafka's frame."""
    return struct.pack(">ii", 4 + len(body), number) + body


HANDSHAKE = message(1, struct.pack(">hi", 0, 1) + b"\0\x05PLAIN")
WELCOME = message(2, struct.pack(">hhi", 0, -1, 0))
NOT_WELCOME = message(2, struct.pack(">hhi", 58, -1, 0))


def text(content):
    return struct.pack(">h", len(content)) + content


def metadata_of(brokers, topics=()):
    """An answer about brokers, (node, port), and topics, (error, name, its partitions as they are sent)."""
    content = struct.pack(">ii", 0, len(brokers))
    for node, port in brokers:
        content += struct.pack(">i", node) + text(b"127.0.0.1") + struct.pack(">ih", port, -1)
    content += text(b"id of the cluster") + struct.pack(">ii", 1, len(topics))
    for error, name, partitions in topics:
        content += struct.pack(">h", error) + text(name) + struct.pack(">bi", 0, len(partitions)) + b"".join(partitions)
    return content


def partition_of(number, leader, replicas, in_sync):
    """A partition as it is sent; where it has no leader, that is an error."""
    content = struct.pack(">hii", 5 if leader < 0 else 0, number, leader)
    for nodes in (replicas, in_sync, ()):
        content += struct.pack(f">i{len(nodes)}i", len(nodes), *nodes)
    return content


@pytest.mark.parametrize(("others", "itself", "serves"), [(0, 1, True), (2, 1, True), (2, 0, False), (0, 0, False)])
def test_a_server_serves_once_it_counts_itself_among_the_brokers(answering, others, itself, serves):
    """A server that answers but is not among the brokers is not ready, though others may be."""
    # Whose port it is, is known before the answer is asked for.
    answers = [HANDSHAKE, WELCOME]
    state = answering(answers)
    brokers = [(number, 1) for number in range(others)] + [(9, state.port)] * itself
    answers.append(message(3, metadata_of(brokers)))
    assert probe.serves(state, seconds=20) is serves


def test_what_a_broker_knows_of_partitions_is_read(answering):
    """Leader, replicas and those in sync are told; no leader is none, and a topic that isn't known is left out."""
    partitions = [partition_of(0, 2, (2, 1), (2,)), partition_of(1, -1, (1,), ())]
    topics = [(0, b"orders", partitions), (3, b"unknown", [])]
    found = probe.about(answering([HANDSHAKE, WELCOME, message(3, metadata_of([(2, 9092)], topics))]), None, seconds=20)
    assert found.brokers == {2: 9092}
    assert found.topics == {
        "orders": {0: Partition(2, (2, 1), frozenset({2})), 1: Partition(None, (1,), frozenset())},
    }


def test_a_server_is_known_before_it_is_a_broker(answering):
    """A controller takes the password and is asked nothing more."""
    assert probe.admits(answering([HANDSHAKE, WELCOME]), seconds=20)


def test_a_wrong_password_is_told_from_silence(answering):
    """A server that refuses the password is there, and somebody else's."""
    with pytest.raises(probe.Refused):
        probe.serves(answering([HANDSHAKE, NOT_WELCOME]), seconds=20)


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        [b"\0\0\0\x01x"],
        [b"\x7f\xff\xff\xff"],
        [message(7, bytes(20))],
        [b""],
        [HANDSHAKE, WELCOME, message(3, struct.pack(">ii", 0, 1000))],
    ],
    ids=["another protocol", "too short", "too long", "another number", "hangs up", "brokers that aren't there"],
)
def test_what_is_not_kafka_is_no_server(answering, answer):
    """Neither another protocol, nor garbage, nor a connection that is closed counts, and none of them hurts."""
    with pytest.raises(OSError, match=r"not Kafka|hung up|reset"):
        probe.serves(answering(answer), seconds=20)


def test_a_server_that_never_answers_is_not_waited_for():
    """The time given is all that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(TimeoutError):
        probe.serves(
            State("kafka", "embedded", "", "127.0.0.1", listener.getsockname()[1], {"labs": "secret"}), seconds=0.05
        )
