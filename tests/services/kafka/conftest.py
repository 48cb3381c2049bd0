"""A Kafka of each provider."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from homes import PROVIDERS, Home, need, new_home, warm_server

from harness.errors import ServiceUnavailable
from harness.services.kafka import jars
from harness.services.kafka.server import KafkaServer, start_kafka
from harness.services.kafka.space import KafkaSpace


@pytest.fixture(scope="session")
def kafka_cache(tmp_path_factory: pytest.TempPathFactory, run_cache: Path) -> Path:
    """The run's cache, with the jars in it where they can be had."""
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(ServiceUnavailable):  # without a network
        patch.setenv("LABS_HOME", str(kafka_home(tmp_path_factory.mktemp("fetching") / "home", run_cache)))
        jars.provide(jars.locked(), say=lambda _: None)
    return run_cache


def kafka_home(home: Path, cache: Path) -> Path:
    home.mkdir(mode=0o700)
    (home / "cache").symlink_to(cache)
    return home


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory, kafka_cache: Path) -> Iterator[Home]:
    """One home for all tests that only use a server."""
    with new_home(kafka_home(tmp_path_factory.mktemp("kafka") / "home", kafka_cache)) as home:
        yield home


@pytest.fixture
def own_home(tmp_path: Path, kafka_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home for one test that starts, kills and stops servers."""
    with new_home(kafka_home(tmp_path / "home", kafka_cache)) as home:
        yield home
        # The test's own patches go first: they lie over this home's, and Docker is needed to clean up.
        monkeypatch.undo()


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    """Each provider that this machine has for Kafka."""
    need(request.param, "kafka")
    return request.param


@pytest.fixture
def with_embedded() -> None:
    """Run only where Kafka can be had without Docker."""
    need("embedded", "kafka")


@pytest.fixture(scope="session", params=PROVIDERS)
def server(request: pytest.FixtureRequest, shared_home: Home) -> Iterator[KafkaServer]:
    """A warm Kafka of each provider, shared by all tests that do it no harm."""
    need(request.param, "kafka")
    yield from warm_server(start_kafka, request.param, shared_home)


@pytest.fixture
def start(own_home: Home) -> Iterator[Callable]:
    """Start or adopt a Kafka in the test's own home; its lease is given back at the end."""
    started = []

    def start_one(choice: str):
        started.append(start_kafka(choice, say=lambda _: None))
        return started[-1]

    yield start_one
    for server in started:
        server.close()


@pytest.fixture
def space(server: KafkaServer) -> Iterator[KafkaSpace]:
    """A space on the shared server."""
    with server.space() as fresh:
        yield fresh
