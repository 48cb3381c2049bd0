"""What each fault of the wire looks like from both ends."""

import os
import socket
import time

import pytest
from peers import accept, connect, eventually, has_nothing_to_read, paired, read_to_the_end, receive

from harness.explorers.wire import sockets

BOTH = pytest.mark.parametrize("direction", ["to_server", "to_client"])
A_LONG_TIME = 3600.0  # seconds: nothing of that arrives by itself during a test


def test_cut_resets_both_ends_of_every_connection(wire, listener):
    """cut() is a cable that breaks; the next one is whole."""
    with paired(wire, listener) as one, paired(wire, listener) as other:
        wire.cut()
        assert wire.connections == 0
        for end in (one.client, one.server, other.client, other.server):
            assert read_to_the_end(end) == (b"", "RST")
    with paired(wire, listener):
        assert wire.connections == 1


def test_a_forked_child_does_not_keep_a_connection_alive(wire, pair):
    """A child process that inherits the wire's sockets lets go of them: a cut is a cut, and refused is refused."""
    parents, childs = socket.socketpair()
    child = os.fork()
    if child == 0:
        parents.close()
        childs.sendall(b"here")
        childs.recv(1)  # lives until the test ends
        os._exit(0)
    try:
        childs.close()
        assert receive(parents, 4) == b"here"
        wire.cut()
        assert read_to_the_end(pair.client) == (b"", "RST")
        wire.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(wire)
    finally:
        parents.close()
        os.waitpid(child, 0)


def test_refuse_refuses_new_connections_and_leaves_the_others(wire, listener, pair):
    """Nobody listens while the wire refuses; it listens on the same port once it is restored."""
    for _ in range(3):
        wire.refuse()
        wire.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(wire)
        pair.talk()
        wire.restore()
        with paired(wire, listener):
            pair.talk()


def test_nobody_can_take_the_port_while_the_wire_refuses(wire):
    """The port stays the wire's own."""
    wire.refuse()
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((wire.host, wire.port))


def test_who_has_connected_before_is_not_refused(wire, listener):
    """A connection that was made is a connection, even if nobody has seen it yet."""
    with connect(wire) as client:
        wire.refuse()
        with accept(listener) as server:
            client.sendall(b"x")
            assert receive(server, 1) == b"x"


@BOTH
def test_a_delay_holds_every_piece_for_its_time(wire, pair, direction):
    """What is delayed arrives, and not a moment too early."""
    sender, receiver = pair.ends(direction)
    wire.delay(0.05, direction)
    began = time.monotonic()
    sender.sendall(b"late")
    assert receive(receiver, 4) == b"late"
    assert time.monotonic() - began >= 0.05


@BOTH
def test_a_delay_in_one_direction_leaves_the_other(wire, pair, direction):
    """Requests can be slow and answers fast."""
    sender, receiver = pair.ends(direction)
    wire.delay(A_LONG_TIME, direction)
    sender.sendall(b"slow")
    assert eventually(lambda: wire.bytes_held == 4)
    assert has_nothing_to_read(receiver)
    receiver.sendall(b"fast")
    assert receive(sender, 4) == b"fast"
    assert wire.bytes_held == 4


def test_a_shorter_delay_lets_nothing_overtake(wire, pair):
    """Order is kept, whatever the delays."""
    for number, delay in enumerate([0.05, 0.0, 0.02, 0.01, 0.0]):
        wire.delay(delay)
        pair.client.sendall(bytes([number]))
    assert receive(pair.server, 5) == bytes(range(5))


def test_restoring_ends_a_delay_for_what_is_held_too(wire, pair):
    """Nobody has to wait for the rest of a delay that is over; the end of the stream is delayed like the rest."""
    wire.delay(A_LONG_TIME)
    pair.client.sendall(b"held")
    pair.client.shutdown(socket.SHUT_WR)
    assert eventually(lambda: wire.bytes_held == 4)
    assert has_nothing_to_read(pair.server)
    wire.restore()
    assert read_to_the_end(pair.server) == (b"held", "FIN")


@BOTH
def test_a_delayed_reset_comes_after_what_was_sent_before(wire, pair, direction):
    """A delay delays the end by RST, too."""
    sender, receiver = pair.ends(direction)
    wire.delay(0.05)
    sender.sendall(b"last words")
    assert eventually(lambda: wire.bytes_held == 10)
    sockets.reset(sender)
    assert read_to_the_end(receiver) == (b"last words", "RST")


@BOTH
def test_a_blackhole_swallows_one_direction(wire, pair, direction):
    """Half a blackhole is the answer, or the request, that is lost while both sides believe in the connection."""
    sender, receiver = pair.ends(direction)
    wire.blackhole(direction)
    receiver.sendall(b"gets through")
    assert receive(sender, 12) == b"gets through"
    sender.sendall(b"lost")
    assert eventually(lambda: wire.bytes_held == 4)
    assert has_nothing_to_read(receiver)
    assert wire.connections == 1


def test_a_blackhole_swallows_both_directions_of_new_connections_too(wire, listener, pair):
    """Connecting succeeds, and then nothing comes."""
    wire.blackhole()
    with connect(wire) as client, accept(listener) as server:
        for end in (client, server, pair.client, pair.server):
            end.sendall(b"x")
        assert eventually(lambda: wire.bytes_held == 4)
        for end in (client, server, pair.client, pair.server):
            assert has_nothing_to_read(end)


@BOTH
def test_what_a_blackhole_has_held_passes_once_it_is_restored(wire, pair, direction):
    """A stream that goes on has no holes: bytes and end arrive in order."""
    sender, receiver = pair.ends(direction)
    wire.blackhole(direction)
    sender.sendall(b"one ")
    assert eventually(lambda: wire.bytes_held == 4)
    sender.sendall(b"two")
    sender.close()
    wire.restore()
    assert read_to_the_end(receiver) == (b"one two", "FIN")


@BOTH
def test_the_end_of_a_connection_does_not_get_through_a_blackhole(wire, pair, direction):
    """Who closes its side says so in vain, until the wire is restored."""
    sender, receiver = pair.ends(direction)
    wire.blackhole(direction)
    sender.shutdown(socket.SHUT_WR)
    for _ in range(3):
        receiver.sendall(b"still here")
        assert receive(sender, 10) == b"still here"
        assert has_nothing_to_read(receiver)
    wire.restore()
    assert read_to_the_end(receiver) == (b"", "FIN")


@BOTH
def test_a_reset_does_not_get_through_a_blackhole(wire, pair, direction):
    """Who is left behind believes in the connection, whatever it sends, until the wire is restored."""
    sender, receiver = pair.ends(direction)
    wire.blackhole(direction)
    sender.sendall(b"lost")
    assert eventually(lambda: wire.bytes_held == 4)
    sockets.reset(sender)
    for _ in range(3):
        receiver.sendall(b"anybody there?")
        assert wire.connections == 1
        assert has_nothing_to_read(receiver)
    wire.restore()
    assert read_to_the_end(receiver) == (b"lost", "RST")


@BOTH
def test_a_reset_after_a_half_close_does_not_get_through_either(wire, pair, direction):
    """A side that has finished sending may still go away unseen."""
    sender, receiver = pair.ends(direction)
    sender.shutdown(socket.SHUT_WR)
    assert read_to_the_end(receiver) == (b"", "FIN")
    wire.blackhole(direction)
    sockets.reset(sender)
    for _ in range(3):
        receiver.sendall(b"anybody there?")
        assert wire.connections == 1
    wire.restore()
    assert eventually(lambda: receiver.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0)


def test_faults_add_up(wire, pair):
    """A refusing wire can be slow and be cut, too."""
    wire.refuse()
    wire.delay(0.01)
    pair.talk()
    wire.cut()
    assert read_to_the_end(pair.client) == (b"", "RST")
    with pytest.raises(ConnectionRefusedError):
        connect(wire)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda wire: wire.delay(-1),
        lambda wire: wire.delay(float("nan")),
        lambda wire: wire.delay(float("inf")),
        lambda wire: wire.delay(1, "sideways"),
        lambda wire: wire.blackhole("sideways"),
        lambda wire: wire.cut_after(-1, "to_client"),
        lambda wire: wire.cut_after(1, "both"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wire, pair, wrong):
    """A mistake in a lab is told at once, and changes nothing."""
    with pytest.raises(ValueError, match=r"^no "):
        wrong(wire)
    pair.talk()
