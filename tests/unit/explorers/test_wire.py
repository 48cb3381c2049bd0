"""The wire as long as nobody hurts it: it passes on what a direct connection would, and leaves nothing behind."""

import contextlib
import resource
import socket
import threading

import pytest
from peers import (
    DEADLINE,
    accept,
    connect,
    eventually,
    has_nothing_to_read,
    listen,
    paired,
    read_to_the_end,
    receive,
)

import harness.explorers
from harness.errors import BrokenLab, CouldNotJudge
from harness.explorers import Wire
from harness.explorers.wire import sockets
from harness.explorers.wire.flow import WINDOW

MANY = bytes(range(256)) * 2**14  # 4 MiB


def test_the_rooms_names_are_those_it_exports():
    """What a lab can import is what __all__ says."""
    assert sorted(harness.explorers.__all__) == ["Direction", "Wire"]
    assert all(hasattr(harness.explorers, name) for name in harness.explorers.__all__)


def test_bytes_pass_in_both_directions(wire, pair):
    """A request and its answer get through and are counted."""
    pair.client.sendall(b"question")
    assert receive(pair.server, 8) == b"question"
    pair.server.sendall(b"answer")
    assert receive(pair.client, 6) == b"answer"
    assert (wire.connections, wire.bytes_to_server, wire.bytes_to_client, wire.bytes_held) == (1, 9, 7, 0)


def test_much_passes_unchanged_in_both_directions_at_once(pair):
    """Streams are longer than any buffer, and neither waits for the other."""
    received = {}

    def read(name, end):
        received[name] = receive(end, len(MANY))

    threads = [
        threading.Thread(target=work, args=arguments, daemon=True)
        for name, end in [("client", pair.client), ("server", pair.server)]
        for work, arguments in [(read, (name, end)), (end.sendall, (MANY,))]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert received["client"] == MANY
    assert received["server"] == MANY


def test_a_half_close_is_passed_on(wire, pair):
    """Who has finished sending still receives; when both have, the connection is over for the wire, too."""
    pair.client.sendall(b"all")
    pair.client.shutdown(socket.SHUT_WR)
    assert read_to_the_end(pair.server) == (b"all", "FIN")
    pair.server.sendall(b"more")
    assert receive(pair.client, 4) == b"more"
    pair.server.close()
    assert read_to_the_end(pair.client) == (b"", "FIN")
    assert eventually(lambda: wire.connections == 0)


@pytest.mark.parametrize("direction", ["to_server", "to_client"])
def test_a_reset_is_passed_on_after_what_came_before(pair, direction):
    """A peer that goes away by RST does so behind the wire, too."""
    sender, receiver = pair.ends(direction)
    sender.sendall(MANY[:100_000])
    sockets.reset(sender)
    received, end = read_to_the_end(receiver)
    assert (MANY[:100_000].startswith(received), end) == (True, "RST")


def test_who_sends_to_a_closed_peer_learns_of_it(pair):
    """A server that goes on talking to a client that has gone is told so by RST."""
    pair.client.close()
    assert read_to_the_end(pair.server) == (b"", "FIN")
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        pair.server.sendall(MANY * 16)


@pytest.mark.parametrize("direction", ["to_server", "to_client"])
def test_a_reset_is_passed_on_though_the_wire_could_not_read_it(wire, pair, direction):
    """A wire that has no room for more learns of the reset by writing, and its reader has all that was there before."""
    sender, receiver = pair.ends(direction)
    sender.settimeout(0)

    def is_full():
        with contextlib.suppress(BlockingIOError):
            sender.send(MANY)
        return wire.bytes_held == WINDOW

    assert eventually(is_full)
    sockets.reset(sender)
    receiver.sendall(b"anybody there?")
    received, end = read_to_the_end(receiver)
    assert (len(received) > WINDOW, end) == (True, "RST")


def test_a_server_that_is_down_is_a_connection_that_ends_at_once(wire, listener):
    """The client is reset; once the server is up, the wire leads to it."""
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(ConnectionResetError), connect(wire) as client:  # by either of the two
        client.recv(1)
    with listen(port) as later, paired(wire, later):
        assert wire.connections == 1


def test_a_connection_with_oneself_is_none():
    """On a port where nobody listens the kernel may join a socket to itself: nobody has answered."""
    with socket.socket() as alone:
        alone.bind(("127.0.0.1", 0))
        alone.connect(alone.getsockname())
        assert not sockets.is_connected(alone)


def test_a_server_is_found_by_its_name(listener):
    """The host may be a name."""
    with Wire(("localhost", listener.getsockname()[1])) as wire, paired(wire, listener):
        assert f"to 127.0.0.1:{listener.getsockname()[1]}" in repr(wire)


def test_a_name_of_both_kinds_means_the_address_of_ipv4(monkeypatch):
    """Servers on loopback often have only that one, whichever the machine names first."""
    four, six = (socket.AF_INET, 1, 6, "", ("127.0.0.1", 7)), (socket.AF_INET6, 1, 6, "", ("::1", 7, 0, 0))
    for found in ([four, six], [six, four]):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        assert sockets.resolve("localhost", 7) == (socket.AF_INET, ("127.0.0.1", 7))


def test_a_hundred_connections_at_once_stay_apart(wire, listener):
    """Each client gets the answers meant for it."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(wire)) for _ in range(100)]
        servers = [stack.enter_context(accept(listener)) for _ in range(100)]
        assert wire.connections == 100
        for number, client in enumerate(clients):
            client.sendall(number.to_bytes(4, "big"))
        for server in servers:
            server.sendall(receive(server, 4) * 2)
        for number, client in enumerate(clients):
            assert receive(client, 8) == number.to_bytes(4, "big") * 2


@pytest.mark.parametrize("direction", ["to_server", "to_client"])
def test_a_slow_reader_makes_the_sender_wait(wire, pair, direction):
    """The wire holds no more than its window, and loses nothing of what it holds."""
    sender, receiver = pair.ends(direction)
    sent = 0
    sender.settimeout(0.5)
    with contextlib.suppress(TimeoutError):
        while sent < 2**28:
            sent += sender.send(MANY[sent % len(MANY) :])
    assert sent < 2**28
    assert wire.bytes_held <= WINDOW
    sender.shutdown(socket.SHUT_WR)
    received, end = read_to_the_end(receiver)
    assert (received == (MANY * (sent // len(MANY) + 1))[:sent], end) == (True, "FIN")


def test_closing_ends_connections_that_nobody_closes(listener):
    """After close() both sides are reset and the port is free."""
    with Wire(listener.getsockname()) as wire, paired(wire, listener) as pair:
        wire.close()
        assert read_to_the_end(pair.client) == (b"", "RST")
        assert read_to_the_end(pair.server) == (b"", "RST")
        with pytest.raises(ConnectionRefusedError):
            connect(wire)


def test_closing_while_data_flows_ends_it(wire, pair):
    """A stream in full flow is cut."""

    def flood():
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while True:
                pair.server.sendall(MANY)

    flooding = threading.Thread(target=flood, daemon=True)
    flooding.start()
    receive(pair.client, 2**20)
    wire.close()
    flooding.join(DEADLINE)
    assert not flooding.is_alive()
    assert read_to_the_end(pair.client)[1] == "RST"


def test_a_closed_wire_keeps_its_figures_and_takes_no_commands(wire, pair):
    """Figures can be read after the end; a command is a mistake of the lab's. Closing twice is none."""
    pair.talk()
    wire.close()
    wire.close()
    assert (wire.connections, wire.bytes_to_server, wire.bytes_to_client, wire.bytes_held) == (0, 2, 2, 0)
    with pytest.raises(BrokenLab, match="is closed"):
        wire.cut()


def test_a_wire_that_breaks_says_so(listener):
    """A defect of ours is no verdict on the learner: connections end, and every use says what has happened."""
    wire = Wire(listener.getsockname())
    with paired(wire, listener) as pair:
        wire._loop.ask(lambda: wire._loop.call_at(0, lambda: 1 / 0))
        assert read_to_the_end(pair.client) == (b"", "RST")
    for use in (wire.cut, wire.close, lambda: wire.connections):
        with pytest.raises(CouldNotJudge, match="has broken: ZeroDivisionError"):
            use()


def test_clients_wait_while_no_descriptor_is_free(wire, listener):
    """A wire that can't accept goes on, and accepts once it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as client:
        client.settimeout(DEADLINE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            client.connect((wire.host, wire.port))
            assert wire.connections == 0
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with accept(listener) as server:
            client.sendall(b"x")
            assert receive(server, 1) == b"x"


def test_a_client_that_has_sent_nothing_is_connected(wire, listener):
    """The wire connects to the server as soon as a client connects to it."""
    with connect(wire) as client, accept(listener) as server:
        assert wire.connections == 1
        assert has_nothing_to_read(client)
        assert has_nothing_to_read(server)
