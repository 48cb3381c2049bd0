"""The wire that is cut after an exact number of bytes."""

import contextlib
import socket
import threading

import pytest
from peers import DEADLINE, accept, eventually, paired, read_to_the_end, receive

from harness.explorers.wire import sockets

BOTH = pytest.mark.parametrize("direction", ["to_server", "to_client"])


@BOTH
@pytest.mark.parametrize("size", [0, 1, 2, 65_535, 65_536, 65_537, 300_000])
def test_cut_after_lets_exactly_so_many_bytes_through(wire, pair, direction, size):
    """The receiver has the bytes to the last, then both ends are reset."""
    sender, receiver = pair.ends(direction)
    message = bytes(range(251)) * 2000
    before = {"to_server": wire.bytes_to_server, "to_client": wire.bytes_to_client}[direction]
    wire.cut_after(size, direction)
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        sender.sendall(message)
    assert read_to_the_end(receiver) == (message[:size], "RST")
    assert {"to_server": wire.bytes_to_server, "to_client": wire.bytes_to_client}[direction] == before + size
    assert wire.connections == 0
    with contextlib.suppress(BrokenPipeError):  # where sendall() was told of the reset
        assert read_to_the_end(sender)[0] == b""


@BOTH
def test_cut_after_waits_for_a_slow_reader(wire, listener, direction):
    """Exactly so many bytes get through also where they don't fit into the receiver's buffer."""
    message = bytes(range(251)) * 4000
    with socket.socket() as client:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(DEADLINE)
        client.connect((wire.host, wire.port))
        with accept(listener) as server:
            sender, receiver = (client, server) if direction == "to_server" else (server, client)
            wire.cut_after(900_001, direction)

            def send():
                with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                    sender.sendall(message)

            sending = threading.Thread(target=send, daemon=True)
            sending.start()
            assert eventually(lambda: wire.bytes_held > 0)
            assert wire.connections == 1
            received, end = read_to_the_end(receiver)
            sending.join(DEADLINE)
    assert (received == message[:900_001], end) == (True, "RST")


def test_cut_after_does_not_wait_for_a_reader_that_has_gone(wire, listener):
    """Where the last bytes can't arrive any more, the cut comes at once."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(DEADLINE)
        client.connect((wire.host, wire.port))
        with accept(listener) as server:
            wire.cut_after(100_000, "to_client")
            server.sendall(bytes(100_001))
            assert eventually(lambda: wire.bytes_to_client == 100_000)
            assert wire.connections == 1
            sockets.reset(client)
            assert read_to_the_end(server) == (b"", "RST")


def test_cut_after_cuts_once(wire, listener, pair):
    """The client that connects again gets through."""
    wire.cut_after(0, "to_client")
    pair.client.sendall(b"request")
    assert receive(pair.server, 7) == b"request"
    pair.server.sendall(b"answer")
    assert read_to_the_end(pair.client) == (b"", "RST")
    with paired(wire, listener) as again:
        again.talk()


def test_cut_after_counts_all_connections_together(wire, listener, pair):
    """The cable breaks, with all that go over it, wherever its last byte passes."""
    with paired(wire, listener) as other:
        wire.cut_after(3, "to_server")
        pair.client.sendall(b"ab")
        assert receive(pair.server, 2) == b"ab"
        other.client.sendall(b"cd")
        assert read_to_the_end(other.server) == (b"c", "RST")
        assert read_to_the_end(pair.server) == (b"", "RST")
        assert read_to_the_end(pair.client) == (b"", "RST")


def test_cut_after_lets_the_other_direction_pass(wire, pair):
    """Only the bytes of its own direction are counted."""
    wire.cut_after(1, "to_server")
    pair.server.sendall(b"not counted")
    assert receive(pair.client, 11) == b"not counted"
    pair.client.sendall(b"xy")
    assert read_to_the_end(pair.server) == (b"x", "RST")


def test_restore_forgets_a_cut_that_has_not_come(wire, pair):
    """After restore() no number of bytes cuts."""
    wire.cut_after(1, "to_server")
    wire.restore()
    pair.talk()
    pair.talk()


def test_restore_saves_a_connection_whose_cut_is_waiting(wire, listener):
    """While the last bytes have not arrived, the cut can be taken back, and nothing is missing."""
    message = bytes(range(251)) * 30_000
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(DEADLINE)
        client.connect((wire.host, wire.port))
        with accept(listener) as server:
            wire.cut_after(100_000, "to_client")
            sending = threading.Thread(target=server.sendall, args=(message,), daemon=True)
            sending.start()
            assert eventually(lambda: wire.bytes_to_client == 100_000)
            wire.restore()
            assert receive(client, len(message)) == message
            sending.join(DEADLINE)


def test_the_last_cut_after_counts(wire, pair):
    """A second allowance replaces the first, in whichever direction."""
    wire.cut_after(0, "to_client")
    wire.cut_after(3, "to_server")
    pair.talk()
    pair.client.sendall(b"abc")
    assert read_to_the_end(pair.server) == (b"ab", "RST")
