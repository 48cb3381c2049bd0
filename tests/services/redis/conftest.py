"""A Redis of each provider."""

# ruff: noqa: ARG001 - fixtures are asked for what they do, not for what they give

from collections.abc import Callable, Iterator

import pytest
from homes import PROVIDERS, Home, need, warm_server

from harness.services.redis.server import start_redis


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    """Each provider that this machine has for Redis."""
    need(request.param, "redis")
    return request.param


@pytest.fixture(scope="session", params=PROVIDERS)
def server(request: pytest.FixtureRequest, shared_home: Home):
    """A warm Redis of each provider, shared by all tests that do it no harm."""
    need(request.param, "redis")
    yield from warm_server(start_redis, request.param, shared_home)


@pytest.fixture
def start(own_home: Home) -> Iterator[Callable]:
    """Start or adopt a Redis in the test's own home; its lease is given back at the end."""
    started = []

    def start_one(choice: str):
        started.append(start_redis(choice, say=lambda _: None))
        return started[-1]

    yield start_one
    for server in started:
        server.close()
