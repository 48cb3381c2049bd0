"""A real HTTP server whose delays play on a virtual clock."""

import http.client

import pytest

from harness.explorers.upstream import Answer, Cancelled, ScriptedUpstream, WorldPlace


@pytest.fixture
def server():
    with ScriptedUpstream() as started:
        yield started


@pytest.fixture
def world(server):
    return WorldPlace(*server.address).open()


def test_answers_come_in_the_order_of_the_script(server, world):
    """Each request gets the script's next answer, and those beyond it the same one."""
    server.script([Answer(503, "down"), Answer(200, "0.07")], otherwise=Answer(418))
    responses = [world.upstream.get("/rate") for _ in range(4)]
    assert [(response.status, response.text) for response in responses] == [
        (503, "down"),
        (200, "0.07"),
        (418, ""),
        (418, ""),
    ]


def test_a_delay_passes_on_the_clock(server, world):
    """An answer that takes 1.5 s takes just that on the clock of whoever has asked."""
    server.script([Answer(after=1.5)])
    world.upstream.get("/", timeout=2)
    assert world.clock.monotonic() == 1.5


@pytest.mark.parametrize("answer", [Answer(kind="hangs"), Answer(after=2.0), Answer(after=60.0)], ids=str)
def test_a_timeout_ends_the_wait_after_just_that_time(server, world, answer):
    """A request whose answer doesn't come in time ends with TimeoutError, exactly then."""
    server.script([answer])
    with pytest.raises(TimeoutError):
        world.upstream.get("/", timeout=2.0)
    assert world.clock.monotonic() == 2.0


@pytest.mark.parametrize(
    ("kind", "error"),
    [("resets", ConnectionResetError), ("garbles", http.client.BadStatusLine), ("cancelled", Cancelled)],
)
def test_each_trouble_has_its_own_error(server, world, kind, error):
    """A reset is the socket's own error, what is no HTTP is the client's, and who is cancelled gets no Exception."""
    server.script([Answer(kind=kind)])
    with pytest.raises(error):
        world.upstream.get("/", timeout=2.0)


def test_the_server_keeps_what_it_was_asked(server, world):
    """Method, path, headers and the virtual time of each request are there for the test to look at."""
    server.script([])
    world.clock.advance(3)
    world.upstream.request("PUT", "/rate", timeout=1, headers={"Deadline-Left": "1.000"})
    (request,) = server.requests
    assert (request.method, request.path, request.at) == ("PUT", "/rate", 3.0)
    assert request.headers["deadline-left"] == "1.000"


def test_a_life_can_begin_again(server, world):
    """The same script can be lived through once more, with nothing asked yet."""
    server.script([Answer(500)])
    assert [world.upstream.get("/").status for _ in range(2)] == [500, 200]
    server.begin_again()
    assert server.requests == []
    assert world.upstream.get("/").status == 500


def test_a_timeout_of_nothing_is_refused(world):
    """A timeout of 0 would mean no timeout to some clients, and an error to others: here it is an error, at once."""
    with pytest.raises(ValueError, match="leaves no time"):
        world.upstream.get("/", timeout=0)
