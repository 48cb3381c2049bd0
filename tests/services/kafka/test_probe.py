"""A server is asked without the client library whether it serves; nothing else that answers is taken for one."""

import contextlib
import socket
import struct
import threading

import pytest

from harness.services.kafka import probe
from harness.services.warm import State


@pytest.fixture
def answering():
    """A server that answers each request with the next of some bytes, and hangs up after the last; gives its state."""
    with contextlib.ExitStack() as stack:

        def start(*answers):
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


@pytest.mark.parametrize(("brokers", "serves"), [(1, True), (0, False)])
def test_a_server_serves_once_it_counts_itself_among_the_brokers(answering, brokers, serves):
    """A server that answers but has no broker yet is not ready."""
    state = answering(HANDSHAKE, WELCOME, message(3, struct.pack(">ii", 0, brokers)))
    assert probe.serves(state, seconds=20) is serves


def test_a_wrong_password_is_told_from_silence(answering):
    """A server that refuses the password is there, and somebody else's."""
    with pytest.raises(probe.Refused):
        probe.serves(answering(HANDSHAKE, NOT_WELCOME), seconds=20)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\x01x", b"\x7f\xff\xff\xff", message(7, bytes(20)), b""],
    ids=["another protocol", "too short", "too long", "another number", "hangs up"],
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
