"""A Kafka of each provider."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from homes import PROVIDERS, Home, need, new_home

from harness.errors import ServiceUnavailable
from harness.services.kafka import jars
from harness.services.kafka.server import KafkaServer, start_kafka
from harness.services.kafka.space import KafkaSpace
from harness.services.leases import FileLock

LOCKED = jars.locked()
THE_DEVELOPERS = jars.folder_of(LOCKED)  # looked up before any test changes the home


@pytest.fixture(scope="session")
def kafka_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all workers of a run: to fetch the jars and to prepare a start takes seconds."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    cache = place / "kafka-cache"
    cache.mkdir(exist_ok=True)
    kept = cache / THE_DEVELOPERS.name
    with FileLock(cache / "door"):
        if THE_DEVELOPERS.is_dir() and not kept.exists():
            shutil.copytree(THE_DEVELOPERS, kept)
        fetching = place / "kafka-fetching"
        if not fetching.exists():
            kafka_home(fetching, cache)
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(ServiceUnavailable):  # without a network
            patch.setenv("LABS_HOME", str(fetching))
            jars.provide(LOCKED, say=lambda _: None)
    return cache


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
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shared_home.environment.items():
            patch.setenv(name, value)
        started = start_kafka(request.param, say=lambda _: None)
    yield started
    started.close()


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
