"""All warm servers of this home at once: what runs, and taking everything down."""

from __future__ import annotations

import contextlib
import shutil

from harness.errors import ServiceUnavailable
from harness.services import docker_engine, folders, warm
from harness.services.leases import FileLock
from harness.services.warm import State, WarmFolder

_NAMES = {"postgres": "PostgreSQL"}


def running_servers() -> list[State]:
    """The state of each warm server."""
    return [state for folder in warm.all_folders() if folder.is_warm() and (state := folder.state())]


def stop_all() -> list[str]:
    """End every server of this home, used by a run or not, with no process, container, volume or data left.

    Returns one sentence for each thing that was stopped or removed.
    """
    said = []
    for folder in warm.all_folders():
        with folder.door:
            state = folder.state() if folder.is_warm() else None
            if folder.clear():
                said.append(f"stopped {_described(state)}" if state else f"swept up after a {_called(folder)}")
    said += [f"removed the container {name}" for name in _stray_containers()]
    for data in _stray_data():
        shutil.rmtree(data, ignore_errors=True)
        said.append(f"removed {data}")
    return said


def _stray_containers() -> list[str]:
    """Remove the containers of killed keepers. Docker is asked only where this home has ever used it."""
    services = {folder.service for folder in warm.all_folders() if folder.provider == "docker"}
    if not services or not docker_engine.probe().answers:
        return []
    with contextlib.suppress(ServiceUnavailable), contextlib.closing(docker_engine.client()) as client:
        return [name for service in services for name in docker_engine.remove_leftovers(service, set(), using=client)]
    return []


def _stray_data() -> list[str]:
    """The half-made data folders of a killed `initdb`, unless one is at work right now."""
    cache = folders.home() / "cache"
    locks = [FileLock(path) for path in cache.glob("*.lock")] if cache.is_dir() else []
    taken = [lock.take(seconds=0) for lock in locks]
    found: list[str] = []
    if all(taken):
        found = [
            str(data)
            for place in folders.data_places()
            for data in place.glob(f"backend-labs-{folders.home_mark()}-initdb-*")
        ]
    for lock in locks:
        lock.release()
    return found


def _described(state: State) -> str:
    how = f"in the container {state.container}" if state.container else "embedded"
    return f"{_NAMES.get(state.service, state.service)} {state.version} ({how}, port {state.port})"


def _called(folder: WarmFolder) -> str:
    return f"{_NAMES.get(folder.service, folder.service)} server ({folder.provider}) that had died"
