"""Servers of the tests' own: nothing here touches those that a developer keeps warm."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from harness.errors import ServiceUnavailable
from harness.services import SERVICES, Dataset, docker_engine, folders, images, start_postgres, stop_all
from harness.services.leases import is_held
from harness.services.pinned import pinned_images

PROVIDERS = ("embedded", "docker")


@dataclass(frozen=True)
class Home:
    """A home folder and a data folder that no one else uses."""

    home: Path
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"LABS_HOME": str(self.home), "LABS_DATA": str(self.data)}

    def traces(self) -> list[str]:
        """Every process, data folder and container that belongs to this home's servers."""
        processes = {each.pid: " ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])}
        found = [f"{pid} {line}" for pid, line in processes.items() if str(self.data) in line]
        found += [str(path) for path in self.data.iterdir()]
        return found + [str(path) for path in self.keepers()] + self.containers()

    def keepers(self) -> list[Path]:
        """The lock of each keeper that lives."""
        return [path for path in self.home.glob("servers/*/alive") if is_held(path)]

    def containers(self) -> list[str]:
        if not any(self.home.glob("servers/*-docker-*")) or not docker_engine.probe().answers:
            return []
        with contextlib.closing(docker_engine.client()) as client:
            label = f"{docker_engine.LABEL_HOME}={folders.mark_of(self.home)}"
            return [container.name for container in client.containers.list(all=True, filters={"label": label})]

    def server_pid(self) -> int:
        """The process id of the embedded postmaster."""
        (found,) = self.data.glob("*/postmaster.pid")
        return int(found.read_text().split("\n", 1)[0])

    def keeper_pid(self) -> int:
        (alive,) = self.keepers()
        return int(alive.read_text())


@contextlib.contextmanager
def _home(home: Path) -> Iterator[Home]:
    # Where root runs the tests, the server's own user must get into the data folder, and pytest's are closed.
    room = "/dev/shm" if shutil.disk_usage("/dev/shm").free > 2**30 else None  # noqa: S108 - where servers put their data
    data = Path(tempfile.mkdtemp(prefix="labs-tests-", dir=room))
    data.chmod(0o711)
    ours = Home(home, data)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ours.environment.items():
            patch.setenv(name, value)
        # What is chosen where images are missing has tests of its own; everywhere else a pull would only cost time.
        for pinned in pinned_images():
            if image := image_of(pinned.service):
                patch.setenv(pinned.variable, image)
        patch.delenv("LABS_IDLE_SECONDS", raising=False)
        try:
            yield ours
        finally:
            stop_all()
            left = ours.traces()
            shutil.rmtree(data, ignore_errors=True)
    assert left == []


@functools.cache
def _images_here() -> frozenset[str]:
    """The names of the images that the engine has, if one answers."""
    if not docker_engine.probe().answers:
        return frozenset()
    with contextlib.closing(docker_engine.client()) as client:
        return frozenset(tag for image in client.images.list() for tag in image.tags)


@functools.cache
def image_of(service: str) -> str:
    """The image that Docker can make this server from without pulling, or nothing."""
    pinned = images.Images.of(service)
    return next((name for name in (pinned.override, pinned.official, pinned.ours) if name in _images_here()), "")


def need(provider: str, service: str = "postgres") -> None:
    """Skip what this machine can't run, or fail where nothing may be left out (see noxfile.py)."""
    reason = ""
    if provider == "docker":
        reason = docker_engine.probe().why_not or (
            "" if image_of(service) else f"no image for {service} is here: python docker/build.py {service}"
        )
    else:
        try:
            SERVICES[service].embedded().configuration()
        except ServiceUnavailable as error:
            reason = error.message
    if reason and os.environ.get("LABS_REQUIRE_ALL"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One home for all tests that only use a server."""
    with _home(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture(scope="session", params=PROVIDERS)
def server(request: pytest.FixtureRequest, shared_home: Home):
    """A warm server of each provider, shared by all tests that do it no harm."""
    need(request.param)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shared_home.environment.items():
            patch.setenv(name, value)
        started = start_postgres(request.param, say=lambda _: None)
    yield started
    started.close()


@pytest.fixture
def own_home(tmp_path: Path, shared_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home for one test that starts, kills and stops servers."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    cache = shared_home.home / "cache"
    if cache.is_dir():
        shutil.copytree(cache, home / "cache")  # initdb is not the point
    with _home(home) as ours:
        yield ours
        # The test's own patches go first: they lie over this home's, and Docker is needed to clean up.
        monkeypatch.undo()


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

    def wait(condition: Callable[[], object], *, seconds: float = 20.0) -> None:
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
