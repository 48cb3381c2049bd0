"""The servers that are kept warm."""

from __future__ import annotations

from dataclasses import dataclass

from harness.services import warm
from harness.services.doctor.findings import Finding, ok, warning


@dataclass(frozen=True)
class ServerFacts:
    """One server that a run has left: `port` 0 where it has died since."""

    service: str
    provider: str
    version: str = ""
    port: int = 0


def look() -> list[ServerFacts]:
    """Each server of this home."""
    found = []
    for folder in warm.all_folders():
        if folder.is_warm():
            state = folder.state()
            facts = ServerFacts(folder.service, folder.provider)
            found.append(facts if state is None else ServerFacts(*facts_of(state)))
    return found


def facts_of(state: warm.State) -> tuple[str, str, str, int]:
    """What a person is told of a warm server; nothing that would let anybody in."""
    return state.service, state.provider, state.version, state.port


def judge(found: list[ServerFacts]) -> list[Finding]:
    """What runs, and what only looks as if it did."""
    about = "warm servers"
    if not found:
        return [ok(about, "none; the first run starts what it needs")]
    return [_judge(about, server) for server in found]


def _judge(about: str, server: ServerFacts) -> Finding:
    if not server.port:
        said = f"a server for {server.service} ({server.provider}) has died; the next run replaces it"
        return warning(about, said, "labs down")
    return ok(about, f"{server.service} {server.version} ({server.provider}) on port {server.port}")
