"""All warm servers of this home at once: what runs, and taking everything down."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services import docker_engine, folders, orphans, warm
from harness.services.catalogue import SERVICES
from harness.services.leases import FileLock
from harness.services.recipes import Say
from harness.services.warm import State, WarmFolder

_PATIENCE = 30.0  # seconds for an initdb that somebody runs right now; it takes half a second


def running_servers() -> list[State]:
    """The state of each warm server."""
    return [state for folder in warm.all_folders() if folder.is_warm() and (state := folder.state())]


def stop_all(*, say: Say = lambda _: None) -> list[str]:
    """End every server of this home, used by a run or not, with no process, container, volume or data left.

    Returns one sentence for each thing that was stopped or removed, and says it when it is. Raises ServiceUnavailable
    in the end where a container may be left, because its engine doesn't answer.
    """
    said: list[str] = []

    def note(sentence: str) -> None:
        said.append(sentence)
        say(sentence)

    in_docker = {folder.service for folder in warm.all_folders() if folder.provider == "docker"}
    out_of_reach = ""
    for folder in warm.all_folders():
        with contextlib.suppress(FileNotFoundError):  # somebody's own server, removed a moment ago
            sentence = _stop(folder)
            if sentence and folder.provider == "docker" and (why_not := docker_engine.probe().why_not):
                out_of_reach = f"a container of {_title(folder.service)} may still be there: {why_not}"
            elif sentence:
                note(sentence)
    for name in _stray_containers(in_docker):
        note(f"removed the container {name}")
    for data in _stray_data():
        note(f"removed {data}")
    if out_of_reach:
        raise ServiceUnavailable(out_of_reach, "start Docker, then labs down once more")
    return said


def _stop(folder: WarmFolder) -> str:
    """End one server; say what was there, or nothing."""
    with folder.door:
        state = folder.state() if folder.is_warm() else None
        there = folder.clear()
        if folder.is_own:
            shutil.rmtree(folder.path, ignore_errors=True)
    if not there:
        return ""
    return f"stopped {_described(state)}" if state else f"swept up after a {_called(folder)}"


def _stray_containers(services: set[str]) -> list[str]:
    """Remove the containers of killed keepers. Docker is asked only where this home has ever used it."""
    if not services or not docker_engine.probe().answers:
        return []
    with contextlib.suppress(ServiceUnavailable), contextlib.closing(docker_engine.client()) as client:
        return [name for service in services for name in docker_engine.remove_leftovers(service, set(), using=client)]
    return []


def _stray_data() -> list[Path]:
    """Remove what a run has left that was killed while it filled the cache; its initdb has the lock until it ends."""
    removed = []
    for path in folders.home().glob("cache/*.lock"):
        lock = FileLock(path)
        if lock.take(seconds=_PATIENCE):
            for data in folders.ours(folders.workshop_prefix(path.stem)):
                orphans.end_processes_in(data)
                shutil.rmtree(data, ignore_errors=True)
                removed.append(data)
            lock.release()
    return removed


def _title(service: str) -> str:
    return SERVICES[service].title if service in SERVICES else service


def _described(state: State) -> str:
    how = f"in the container {state.container}" if state.container else "embedded"
    return f"{_title(state.service)} {state.version} ({how}, port {state.port})"


def _called(folder: WarmFolder) -> str:
    return f"{_title(folder.service)} server ({folder.provider}) that had died"
