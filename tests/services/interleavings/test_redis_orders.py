"""Every order of concurrent calls on a real Redis."""

import pytest
import redis
from homes import need, warm_server

from harness.explorers.interleavings import BrokenInSomeOrder, Explorer, Story, differs, required
from harness.explorers.interleavings.redis import RedisPlace
from harness.services.redis.server import start_redis


@pytest.fixture(scope="module")
def redis_server(provider_of_module, shared_home):
    yield from warm_server(start_redis, provider_of_module, shared_home)


@pytest.fixture(scope="module", params=["embedded", "docker"])
def provider_of_module(request):
    need(request.param, "redis")
    return request.param


@pytest.fixture
def place(redis_server):
    """A Redis database of this test's own as the place of an exploration."""
    database = redis_server.database()
    options = database.client().connection_pool.connection_kwargs
    yield RedisPlace(**{name: options[name] for name in ("host", "port", "db", "username", "password")})
    database.drop()


def one_token(client):
    client.flushdb()
    client.set("tokens", 1)


def one_is_admitted(look):
    """One token admits one call."""
    return differs("admitted", 1, len(look.returned(value=True)))


def get_then_set(client):
    tokens = int(client.get("tokens"))
    if tokens <= 0:
        return False
    client.set("tokens", tokens - 1)
    return True


def get_then_multi(client):
    if int(client.get("tokens")) <= 0:
        return False
    with client.pipeline() as pipe:
        pipe.decr("tokens")
        pipe.execute()
    return True


def get_then_watch(client):
    tokens = int(client.get("tokens"))
    with client.pipeline() as pipe:
        pipe.watch("tokens")
        if tokens <= 0:
            return False
        pipe.multi()
        pipe.set("tokens", tokens - 1)
        try:
            pipe.execute()
        except redis.WatchError:
            return False
    return True


def watch_then_get(client):
    with client.pipeline() as pipe:
        pipe.watch("tokens")
        if int(pipe.get("tokens")) <= 0:
            return False
        pipe.multi()
        pipe.decr("tokens")
        try:
            pipe.execute()
        except redis.WatchError:
            return False
    return True


def in_lua(client):
    script = "if tonumber(redis.call('GET', KEYS[1])) <= 0 then return 0 end redis.call('DECR', KEYS[1]) return 1"
    return client.eval(script, 1, "tokens") == 1


@pytest.mark.parametrize(
    ("call", "broke", "ran"),
    [
        (get_then_set, 4, 6),
        (get_then_multi, 4, 6),
        (get_then_watch, 6, 20),
        (watch_then_get, 0, 20),
        (in_lua, 0, 2),
    ],
)
def test_a_token_bucket_admits_one(place, call, broke, ran):
    """As many orders admit two as were found before, out of as many as there are."""
    with Explorer(Story({"Ann": call, "Bob": call}, one_token, [one_is_admitted]), place) as explorer:
        found = explorer.explore()
    assert (found.broke, found.ran, found.bound) == (broke, ran, None)


def test_a_lock_that_expires_is_an_actor_too(place):
    """Time that runs out comes between any two steps: a lock alone protects nothing then."""

    def under_a_lock(client):
        if not client.set("lock", "mine", nx=True, px=60_000):
            return None
        value = int(client.get("counter") or 0)
        client.set("counter", value + 1)
        client.delete("lock")
        return True

    def counted(look):
        """What was counted is how often it was done."""
        return differs("counter", len(look.returned(value=True)), int(look.handle.get("counter") or 0))

    def time_runs_out(client):
        client.delete("lock")

    story = {"Ann": under_a_lock, "Bob": under_a_lock}
    with Explorer(Story(story, lambda client: client.flushdb(), [counted]), place) as explorer:
        assert explorer.explore().broke == 0
    with Explorer(
        Story(story | {"time": time_runs_out}, lambda client: client.flushdb(), [counted]), place
    ) as explorer:
        assert explorer.explore().broke > 0


def spins(client):
    """Right, and impatient: it asks for the lock again and again, without a pause."""
    while not client.set("lock", "mine", nx=True):
        pass
    adds_one(client)
    client.delete("lock")


def looks_before_it_locks(client):
    """Wrong: between its look and its lock another may have come."""
    while client.get("lock"):
        pass
    client.set("lock", "mine")
    adds_one(client)
    client.delete("lock")


def tries_ten_times(client):
    """Gives up where the lock is held for long."""
    if not any(client.set("lock", "mine", nx=True) for _ in range(10)):
        raise TimeoutError("the lock is taken")
    adds_one(client)
    client.delete("lock")


def adds_one(client):
    client.set("counter", int(client.get("counter") or 0) + 1)


def each_counts(look):
    """Each call counts."""
    return differs("counter", len(look.outcomes), int(look.handle.get("counter") or 0))


@pytest.mark.parametrize(
    ("call", "ran", "fact"),
    [(spins, 52, ""), (looks_before_it_locks, 192, "Each call counts."), (tries_ten_times, 40, "No call fails.")],
)
def test_a_lock_that_is_polled_without_a_pause_is_judged_after_few_orders(place, call, ran, fact):
    """Between rounds that change nothing no order branches off: so a spinning lock is judged in every order."""
    with Explorer(Story({"Ann": call, "Bob": call}, lambda client: client.flushdb(), [each_counts]), place) as explorer:
        found = explorer.explore()
    assert (found.ran, found.bound) == (ran, None)
    assert (found.shortest.broken.fact if found.shortest else "") == fact


def test_three_that_spin_are_judged_after_few_orders(place):
    """Of three actors at one spinning lock, all orders with up to two switches are some hundreds."""
    story = Story(dict.fromkeys(("Ann", "Bob", "Cleo"), spins), lambda client: client.flushdb(), [each_counts])
    with Explorer(story, place) as explorer:
        found = explorer.explore()
    assert (found.broke, found.ran, found.bound) == (0, 510, 2)


def test_a_lock_that_nobody_gives_back_is_told(place):
    """Whoever spins at a lock that is never given back never ends."""

    def forgets_to_give_it_back(client):
        while not client.set("lock", "mine", nx=True):
            pass

    story = Story(dict.fromkeys(("Ann", "Bob"), forgets_to_give_it_back), lambda client: client.flushdb())
    with Explorer(story, place) as explorer:
        found = explorer.explore()
    assert found.shortest.broken.fact == "Every call ends."
    assert found.ran == 1


def counts_in_its_memory(_client):
    """Share nothing: what it knows is its own."""
    return True


@pytest.mark.parametrize("bob", [counts_in_its_memory, spins])
def test_a_call_that_shares_nothing_is_wrong_where_sharing_is_asked_for(place, bob):
    """If each call has to take part, one that takes no step at the server is wrong, before any other rule is asked."""
    story = Story(
        {"Ann": counts_in_its_memory, "Bob": bob}, lambda client: client.flushdb(), [each_counts], each_takes_part=True
    )
    with Explorer(story, place) as explorer:
        found = explorer.explore()
    idle = "Ann took none" if bob is spins else "Ann and Bob took none"
    assert found.shortest.broken.difference.observed == idle
    with pytest.raises(BrokenInSomeOrder, match="Each call asks the server") as caught:
        required(found, "Who came between?")
    assert "memory" in caught.value.ask
