"""Servers of the tests' own: nothing here touches those that a developer keeps warm."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from full_disks import mounting
from homes import FETCHED, PROVIDERS, Home, image_of, need, new_home, warm_server

from harness.errors import ServiceUnavailable
from harness.services import SERVICES, Dataset, start_postgres, stop_all
from harness.services.leases import FileLock


@pytest.fixture(scope="session")
def run_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all workers of a run, with what this machine has fetched before; the rest is fetched once."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    cache = place / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    with FileLock(cache / "door"):
        for folder in FETCHED:
            if not (cache / folder.name).exists():
                shutil.copytree(folder, cache / folder.name, symlinks=True)
    return cache


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory, run_cache: Path) -> Iterator[Home]:
    """One home for all tests that only use a server."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "cache").symlink_to(run_cache)
    with new_home(folder) as home:
        yield home


@pytest.fixture(scope="session")
def all_prepared(shared_home: Home) -> None:
    """Let every test's own home begin with what the embedded servers fetch and prepare once."""
    with shared_home.entered():
        for service in SERVICES.values():
            with contextlib.suppress(ServiceUnavailable):  # tests that need it say so
                service.embedded().prepare(lambda _: None)


@pytest.fixture(scope="session", params=PROVIDERS)
def server(request: pytest.FixtureRequest, shared_home: Home):
    """A warm server of each provider, shared by all tests that do it no harm."""
    need(request.param)
    yield from warm_server(start_postgres, request.param, shared_home)


@pytest.fixture(scope="session")
def initialised(shared_home: Home) -> None:
    """Let no test's own Postgres wait for an initdb, whichever worker of the run it comes to."""
    with shared_home.entered(), contextlib.suppress(ServiceUnavailable):
        SERVICES["postgres"].embedded().prepare(lambda _: None)


@pytest.fixture
def own_home(tmp_path: Path, shared_home: Home, initialised: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home for one test that starts, kills and stops servers."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    cache = shared_home.home / "cache"
    if cache.is_dir():
        # What initdb and the networks gave is not the point: see `cache_to_harm`.
        (home / "cache").mkdir(mode=0o700)
        for kept in cache.iterdir():
            if kept.is_dir():
                (home / "cache" / kept.name).symlink_to(kept)
    with new_home(home) as ours:
        yield ours
        # The test's own patches go first: they lie over this home's, and Docker is needed to clean up.
        monkeypatch.undo()


@pytest.fixture
def cache_to_harm(own_home: Home) -> Path:
    """The cache of the test's own home, with a copy of what initdb gave in place of everyone's."""
    cache = own_home.home / "cache"
    for kept in cache.glob("postgres-*"):
        if kept.is_symlink():
            everyones = kept.resolve()
            kept.unlink()
            shutil.copytree(everyones, kept)
    return cache


@pytest.fixture
def small_disk(own_home: Home) -> Iterator[Callable[[int], Path]]:
    """Mount a disk of so many megabytes for the test; what servers have put there goes before it does."""
    with mounting() as mount:
        yield mount
        stop_all()


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    """Each provider that this machine has."""
    need(request.param)
    return request.param


@pytest.fixture
def with_docker() -> None:
    """Run only where a container can be started."""
    need("docker")


@pytest.fixture
def image_here(with_docker: None) -> str:
    """The name of an image that needs no pulling."""
    return image_of("postgres")


@pytest.fixture
def start(own_home: Home) -> Iterator[Callable]:
    """Start or adopt a server in the test's own home; its lease is given back at the end."""
    started = []

    def start_one(choice: str):
        started.append(start_postgres(choice, say=lambda _: None))
        return started[-1]

    yield start_one
    for server in started:
        server.close()


@pytest.fixture
def in_process(own_home: Home) -> Iterator[Callable]:
    """Run Python in another process with the same home; it is killed at the end."""
    running: list[subprocess.Popen[str]] = []

    def run(code: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            # A shell starts what it sends into the background with SIGINT ignored, and children inherit that.
            [sys.executable, "-c", f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{code}"],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.fixture
def eventually() -> Callable:
    """Wait until something holds; fail with what it last was where it takes too long."""

    def wait(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not (last := condition()):
            assert time.monotonic() < deadline, last
            time.sleep(0.02)

    return wait


@pytest.fixture
def shop() -> Dataset:
    """Four payments of two customers, in an order that no column has."""
    return Dataset(
        "four payments",
        "CREATE TABLE payment "
        "(id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, amount numeric(8, 2));",
        {"payment": [(3, "Ann", 10), (1, "bob", 20), (4, None, -5), (2, "Éva", 10)]},
    )
