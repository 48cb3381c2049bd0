"""Homes that no one else uses, and what of each service this machine can run."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import psutil
import pytest

from harness.errors import ServiceUnavailable
from harness.services import SERVICES, docker_engine, folders, images, orphans, pulse, stop_all
from harness.services.fetched import fetched
from harness.services.leases import is_held
from harness.services.pinned import pinned_images

PROVIDERS = ("embedded", "docker")


class _Closing(Protocol):
    def close(self) -> None: ...


Warm = TypeVar("Warm", bound=_Closing)

# For what lies above the providers, or is the server's own doing: proven on the one that starts sooner.
on_one_provider = pytest.mark.parametrize("provider", PROVIDERS[:1], indirect=True)


def on_both_providers(fixture: str) -> pytest.MarkDecorator:
    """Mark what depends on how a server was had in a room that otherwise has one provider, that of this fixture."""
    return pytest.mark.parametrize(fixture, PROVIDERS, indirect=True)


# What the developer's own cache holds of what has to come over a network; looked up before any test changes the home.
FETCHED = [folder for service in SERVICES for folder in fetched(service)]


@dataclass(frozen=True)
class Home:
    """A home folder and a data folder that no one else uses."""

    home: Path
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"LABS_HOME": str(self.home), "LABS_DATA": str(self.data)}

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let whatever starts in the block belong to this home."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield

    def traces(self) -> list[str]:
        """Every process, data folder and container that belongs to this home's servers."""
        place = str(self.data)
        found = [
            f"{each.pid} {each.info['cmdline']}"
            for each in psutil.process_iter(["cmdline", "cwd"])
            # Some servers write a title over their command line; but all of them work in their data folder.
            if place in " ".join(each.info["cmdline"] or ()) or place in (each.info["cwd"] or "")
        ]
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
            return [
                container.name
                for container in client.containers.list(all=True, filters={"label": label}, ignore_removed=True)
            ]

    def server_pid(self) -> int:
        """The process id of the embedded postmaster."""
        (found,) = self.data.glob("*/postmaster.pid")
        return int(found.read_text().split("\n", 1)[0])

    def keeper_pid(self) -> int:
        (alive,) = self.keepers()
        return int(alive.read_text())

    def tell(self, number: signal.Signals) -> None:
        """Stop its embedded servers in their tracks (SIGSTOP) or wake them (SIGCONT): each thread has heard."""
        assert any(orphans.processes_in(self.data))
        assert orphans.tell_processes_in(self.data, number, seconds=60)


def has_ended(process: psutil.Process) -> bool:
    """Whether nothing is left of a process, or only what is to be fetched by whoever is the first process."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    return True


def stop_until_looked_at(home: Home, patch: pytest.MonkeyPatch) -> None:
    """Stop a server that goes on as soon as anybody looks whether it hangs: to that one it's merely slow."""
    look = pulse.Pulse.stopped

    def wake_and_look(signs: pulse.Pulse) -> bool:
        home.tell(signal.SIGCONT)
        return look(signs)

    patch.setattr(pulse.Pulse, "stopped", wake_and_look)
    home.tell(signal.SIGSTOP)


@contextlib.contextmanager
def new_home(home: Path) -> Iterator[Home]:
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


def warm_server(start: Callable[..., Warm], provider: str, home: Home) -> Iterator[Warm]:
    """Lend a server of this provider to a fixture's tests; `start` is `start_postgres` or one of its like."""
    with home.entered():
        started = start(provider, say=lambda _: None)
    yield started
    started.close()


@functools.cache
def _images_here() -> frozenset[str]:
    """The names of the images that the engine has, if one answers."""
    if not docker_engine.probe().answers:
        return frozenset()
    with contextlib.closing(docker_engine.client()) as client:
        # Not images.list(): it looks at each image once more, which another test may have removed meanwhile.
        return frozenset(tag for image in client.api.images() for tag in image["RepoTags"] or ())


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
