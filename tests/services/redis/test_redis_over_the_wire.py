"""What the faults of the wire look like to a client of Redis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from harness.explorers import Wire
from harness.services.redis.server import RedisDatabase


@dataclass(frozen=True)
class Counter:
    """A key, counted up over the wire and looked at directly."""

    wire: Wire
    database: RedisDatabase

    def client(self, *, tries: int = 1) -> redis.Redis:
        """A client with one connection, which tries a command so many times."""
        client = self.database.client(
            host=self.wire.host,
            port=self.wire.port,
            retry=Retry(NoBackoff(), tries - 1),
            socket_timeout=60.0,
            single_connection_client=True,
        )
        client.ping()
        return client

    def value(self) -> int:
        with self.database.client() as direct:
            return int(direct.get("counter") or 0)


@pytest.fixture
def counter(server) -> Iterator[Counter]:
    """A key that isn't there yet, on each provider's Redis, behind a wire."""
    database = server.database()
    with database.client() as direct:
        address = direct.get_connection_kwargs()
    with Wire((address["host"], address["port"])) as wire:
        yield Counter(wire, database)
    database.drop()


def test_a_retry_after_a_lost_answer_counts_twice(counter):
    """A client that sends a command again doesn't know that the first one was carried out."""
    with counter.client(tries=2) as client:
        counter.wire.cut_after(0, "to_client")
        assert client.incr("counter") == 2
    assert counter.value() == 2


def test_a_retry_after_a_lost_request_counts_once(counter):
    """The same client, the same error: here the second try was needed."""
    with counter.client(tries=2) as client:
        counter.wire.cut_after(0, "to_server")
        assert client.incr("counter") == 1
    assert counter.value() == 1


def test_a_timeout_does_not_mean_that_nothing_happened(counter, eventually):
    """Behind half a blackhole the command is carried out, and its client gives up waiting."""
    with counter.client() as client:
        counter.wire.blackhole("to_client")
        client.connection._sock.settimeout(0.2)  # from now on only: to connect may take its time
        with pytest.raises(redis.TimeoutError):
            client.incr("counter")
        eventually(lambda: counter.value() == 1)  # on its way it may have taken longer than the client's patience
        counter.wire.restore()
        assert client.incr("counter") == 2


def test_redis_clients_are_refused_and_let_in_again(counter):
    """A new connection meets a refused port, and later the same port with the server behind it."""
    counter.wire.refuse()
    with pytest.raises(redis.ConnectionError, match="refused"):
        counter.client()
    counter.wire.restore()
    with counter.client() as client:
        assert client.incr("counter") == 1


def test_a_client_without_retries_passes_on_a_cut(counter):
    """The command that meets the cut fails; the next one has a new connection."""
    with counter.client() as client:
        counter.wire.cut_after(3, "to_server")
        with pytest.raises(redis.ConnectionError):
            client.incr("counter")
        assert client.incr("counter") == 1
