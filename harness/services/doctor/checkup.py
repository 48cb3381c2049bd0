"""All checks in a row: what they find, and which provider can serve which service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.services.doctor import embedded, engine, java, machine, packages, resources, servers
from harness.services.doctor.embedded import Means
from harness.services.doctor.findings import Finding, broken
from harness.services.pinned import pinned_images
from harness.services.warm import Provider

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Checkup:
    """What was found out, and the providers that could start each service now, without fetching anything."""

    findings: Sequence[Finding]
    providers: Mapping[str, tuple[Provider, ...]]

    def unserved(self, needed: Collection[str]) -> list[str]:
        """Those of the needed services that no provider can serve."""
        return [service for service in sorted(needed) if not self.providers.get(service)]


class _Notebook:
    """Collects findings. A check that breaks becomes a finding of its own; no other one suffers."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def look(self, about: str, at: Callable[[], Facts]) -> Facts | None:
        """Facts, or None where looking breaks."""
        try:
            return at()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with this machine, the doctor has to say so
            self.findings.append(broken(about, error))
            return None

    def judge(self, about: str, facts: Facts | None, by: Callable[[Facts], list[Finding]]) -> None:
        """Findings, where there are facts."""
        if facts is not None:
            self.findings += self.look(about, lambda: by(facts)) or []

    def check(self, about: str, at: Callable[[], Facts], by: Callable[[Facts], list[Finding]]) -> Facts | None:
        """Look, then judge."""
        facts = self.look(about, at)
        self.judge(about, facts, by)
        return facts


def examine() -> Checkup:
    """Look at everything that labs need of this machine. Never raises; starts and fetches nothing."""
    notebook = _Notebook()
    here = notebook.check("architecture", machine.look, machine.judge) or machine.UNKNOWN
    notebook.check("packages", packages.look, lambda facts: packages.judge(facts, here))
    notebook.check("memory", resources.look_at_memory, resources.judge_memory)
    room = notebook.check("room for data", resources.look_for_room, resources.judge_room)
    loopback = notebook.check("loopback", resources.look_at_loopback, resources.judge_loopback)

    pinned = notebook.look("images", pinned_images) or []
    docker = notebook.check(engine.ABOUT, lambda: engine.look(pinned), lambda facts: engine.judge(facts, here))
    notebook.judge("images", docker, lambda facts: engine.judge_images(facts, pinned))
    images = {each.service: engine.image_of(docker, each) if docker else "" for each in pinned}

    means: dict[str, Means] = {}
    for service, look in embedded.means_of(here).items():
        about = f"embedded {service}"
        if found := notebook.look(about, look):
            means[service] = found
            notebook.findings.append(embedded.judge(about, found, docker_serves=bool(images.get(service))))
    notebook.check("Java", java.look, lambda found: java.judge(found, here))
    notebook.check("warm servers", servers.look, servers.judge)
    # A container's state lies in the home folder, too.
    if loopback != "" or room is None or room.why_no_home:
        return Checkup(notebook.findings, dict.fromkeys(means, ()))
    return Checkup(notebook.findings, providers_of(images, means, has_room=not room.why_not))


def providers_of(
    images: Mapping[str, str], means: Mapping[str, Means], *, has_room: bool
) -> dict[str, tuple[Provider, ...]]:
    """Return the providers that can start each service now: Docker with an image, embedded with all it needs.

    `images` names the image that is here for each service, or nothing; `has_room` says whether embedded servers have a
    place for their data.
    """
    found: dict[str, tuple[Provider, ...]] = {}
    for service in dict.fromkeys([*images, *means]):
        docker: tuple[Provider, ...] = ("docker",) if images.get(service) else ()
        is_ready = has_room and service in means and means[service].is_ready
        found[service] = (*docker, "embedded") if is_ready else docker
    return found
