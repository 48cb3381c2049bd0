"""A RabbitMQ of each provider."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import os
from collections.abc import Callable, Iterator

import pytest
from homes import PROVIDERS, Home, need, warm_server

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq import programs
from harness.services.rabbitmq.server import RabbitServer, start_rabbitmq


@pytest.fixture(scope="session")
def missing(shared_home: Home) -> str:
    """Why RabbitMQ can't be had without Docker, or nothing.

    Fetched once, before any test, into the run's cache.
    """
    with shared_home.entered():
        try:
            programs.find(lambda _: None)
        except ServiceUnavailable as error:
            return error.message
    return ""


def _need(provider: str, missing: str) -> None:
    need(provider, "rabbitmq")
    if provider == "embedded" and missing:
        (pytest.fail if os.environ.get("LABS_REQUIRE_ALL") else pytest.skip)(missing)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, missing: str) -> str:
    """Each provider that this machine has for RabbitMQ."""
    _need(request.param, missing)
    return request.param


@pytest.fixture
def with_embedded(missing: str) -> None:
    """Run only where RabbitMQ can be had without Docker."""
    _need("embedded", missing)


@pytest.fixture(scope="session", params=PROVIDERS)
def server(request: pytest.FixtureRequest, shared_home: Home, missing: str) -> Iterator[RabbitServer]:
    """A warm RabbitMQ of each provider, shared by all tests that do it no harm."""
    _need(request.param, missing)
    yield from warm_server(start_rabbitmq, request.param, shared_home)


@pytest.fixture
def start(own_home: Home) -> Iterator[Callable]:
    """Start or adopt a RabbitMQ in the test's own home; its lease is given back at the end."""
    started = []

    def start_one(choice: str):
        started.append(start_rabbitmq(choice, say=lambda _: None))
        return started[-1]

    yield start_one
    for server in started:
        server.close()


@pytest.fixture
def vhost(server: RabbitServer):
    """A vhost on the shared server."""
    with server.vhost() as fresh:
        yield fresh
