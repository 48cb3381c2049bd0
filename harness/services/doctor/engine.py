"""The Docker engine and the images on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.services import docker_engine
from harness.services.docker_engine import Client
from harness.services.doctor.findings import Finding, megabytes, ok, warning
from harness.services.doctor.machine import Machine, same_processor
from harness.services.images import Images

ABOUT = "Docker"
_MEMORY = 2 * 2**30  # for four containers beside one another; Docker Desktop gives its machine a part of all there is
_PATIENCE = 60.0  # seconds for each answer of an engine that has just answered; to tell of itself it may look around
_PACKAGES = {
    "apt-get": "docker.io",
    "dnf": "moby-engine",
    "zypper": "docker",
    "pacman": "docker",
    "apk": "docker",
    "brew": "--cask docker-desktop",
}
# An engine in a virtual machine or a user's own one is told by where its socket lies.
_STARTS = {
    "/.colima/": "colima start",
    "/.orbstack/": "open -a OrbStack",
    "/.docker/desktop/": "systemctl --user start docker-desktop",
    "/.docker/run/": "open -a Docker",
    "/run/user/": "systemctl --user start docker",
}


@dataclass(frozen=True)
class EngineFacts:
    """What is known of the engine; all but the first three are empty where it doesn't answer."""

    address: str
    why_not: str
    how: str  # who says that the engine is there: "DOCKER_HOST", "context", "default"
    is_installed: bool = False  # the program `docker` or `dockerd` is here
    is_forbidden: bool = False  # there is a socket, and this user may not use it
    version: str = ""
    processor: str = ""
    memory: int = 0  # bytes
    images: Mapping[str, str] = field(default_factory=dict)  # the pinned images that are here, to their processors

    @property
    def answers(self) -> bool:
        """Whether containers can be started."""
        return not self.why_not


def look(pinned: list[Images]) -> EngineFacts:
    """Ask the engine; 1 ms where there is none. Raises what the docker package raises where it breaks off."""
    engine = docker_engine.probe()
    how = "DOCKER_HOST" if os.environ.get("DOCKER_HOST") else "default"
    parts = urllib.parse.urlsplit(engine.address)
    if how == "default" and parts.path != "/var/run/docker.sock":
        how = "context"
    if not engine.answers:
        return EngineFacts(
            engine.address,
            engine.why_not,
            how,
            is_installed=any(shutil.which(program) for program in ("docker", "dockerd")),
            is_forbidden=parts.scheme == "unix"
            and os.path.exists(parts.path)  # noqa: PTH110 - a Path would raise where a parent is closed
            and not os.access(parts.path, os.R_OK | os.W_OK),
        )
    with contextlib.closing(docker_engine.client()) as client:
        client.api.timeout = _PATIENCE
        version, info = client.version(), client.info()
        names = {name for each in pinned for name in (each.override, each.official, each.ours) if name}
        found = {name: processor for name in sorted(names) if (processor := _processor_of(name, client))}
    return EngineFacts(
        engine.address,
        "",
        how,
        is_installed=True,
        version=str(version["Version"]),
        processor=str(version["Arch"]),
        memory=int(info["MemTotal"]),
        images=found,
    )


def judge(facts: EngineFacts, machine: Machine) -> list[Finding]:
    """Whether there is an engine for containers; the suite runs without one, too."""
    if not facts.answers:
        return [warning(ABOUT, facts.why_not, _mend(facts, machine))]
    named = f"engine {facts.version} ({facts.processor}, {megabytes(facts.memory)}) answers at {facts.address}"
    if facts.memory < _MEMORY:
        more = "open -a Docker  # and raise its memory in the settings" if machine.system == "Darwin" else "labs down"
        return [warning(ABOUT, f"{named}; {megabytes(_MEMORY)} are needed for all services at once", more)]
    return [ok(ABOUT, named)]


def judge_images(facts: EngineFacts, pinned: list[Images]) -> list[Finding]:
    """For each service, which image a container would be made from; nothing where no engine answers."""
    return [_judge_image(facts, each) for each in pinned] if facts.answers else []


def image_of(facts: EngineFacts, pinned: Images) -> str:
    """The image that a container of the service would be made from without pulling, or nothing."""
    wanted = (pinned.override,) if pinned.override else (pinned.official, pinned.ours)
    return next((name for name in wanted if name in facts.images), "")


def _judge_image(facts: EngineFacts, pinned: Images) -> Finding:
    about = f"image {pinned.service}"
    image = image_of(facts, pinned)
    if not image and pinned.override:
        said = f"{pinned.override}, which {pinned.variable} asks for, is not here"
        return warning(about, said, f"docker pull {pinned.override}")
    if not image:
        said = f"neither {pinned.official} nor ours, {pinned.ours}, is here; the first start has to pull it"
        return warning(about, said, f"labs images pull {pinned.service}")
    if not same_processor(facts.images[image], facts.processor):
        said = f"{image} is for {facts.images[image]}, so the engine ({facts.processor}) has to emulate it"
        return warning(about, said, f"docker pull --platform linux/{facts.processor} {image}")
    if pinned.override:
        return ok(about, f"{image} is here, as {pinned.variable} asks")
    whose = "official" if image == pinned.official else "ours, as the official one is not here"
    return ok(about, f"{image} is here ({whose})")


def _mend(facts: EngineFacts, machine: Machine) -> str:
    if facts.is_forbidden:
        return machine.as_root(f"usermod --append --groups docker {machine.user}") + " && newgrp docker"
    if facts.how == "DOCKER_HOST":
        return "unset DOCKER_HOST"
    if facts.how == "context":
        where = (start for part, start in _STARTS.items() if part in facts.address)
        return next(where, "docker context use default")
    return _start(machine) if facts.is_installed else machine.install("Docker", _PACKAGES)


def _start(machine: Machine) -> str:
    if machine.system == "Darwin":
        return "open -a Docker"
    return machine.as_root("systemctl start docker" if machine.has_systemd else "service docker start")


def _processor_of(image: str, client: Client) -> str:
    import docker.errors  # late: 0.2 s

    try:
        return str(client.images.get(image).attrs["Architecture"])
    except docker.errors.ImageNotFound:
        return ""
