"""Starting a server without Docker: a process on loopback with random ports, kept by a keeper."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from harness.errors import NoRoom, ServiceUnavailable
from harness.services import folders
from harness.services.recipes import EmbeddedRecipe, PortTaken, Say
from harness.services.warm import Job, State, WarmFolder

_PORTS_TRIED = 5
_LOOK_EVERY = 0.003  # seconds
_LAST_LINES = 3


def start(
    folder: WarmFolder,
    recipe: EmbeddedRecipe,
    *,
    say: Say,
    instead: str = "",
    restartable: bool = False,
) -> State:
    """Start a server with a keeper; the caller has the folder's door.

    `instead` is noted where Docker was to be had but for an image. A `restartable` server may die and be started again:
    see own.py. Where another process takes a port before the server does, others are tried. Raises NoRoom and
    ServiceUnavailable; then, and on Ctrl-C, nothing is left.
    """
    version = recipe.prepare(say)
    say(f"starting {recipe.title} {version} (embedded) ...")
    for _ in range(_PORTS_TRIED):
        chosen = free_ports(len(recipe.ports))
        data = _empty_folder(folder, recipe.title)
        state = State(
            folder.service,
            "embedded",
            version,
            "127.0.0.1",
            chosen[0],
            recipe.passwords(),
            ports=dict(zip(recipe.ports, chosen, strict=True)),
            data=str(data),
            instead=instead,
        )
        try:
            command = recipe.command(state)
            _fill(data, recipe, state, command.run_as)
            with folder.kept(
                Job(
                    command=command.arguments,
                    environment=command.environment,
                    run_as=command.run_as,
                    stop_signal=command.stop_signal,
                    data=str(data),
                    restartable=restartable,
                )
            ):
                _wait(folder, recipe, state)
                folder.write(state)
        except PortTaken:
            continue
        finally:
            # The keeper has removed it unless all went well; it may have died before it could.
            if folder.state() is None:
                shutil.rmtree(data, ignore_errors=True)
        return state
    raise ServiceUnavailable(
        f"{_PORTS_TRIED} free ports in a row were taken by other processes before {recipe.title} could have them",
        "run it again",
    )


def free_ports(count: int) -> list[int]:
    """Return so many ports of loopback that are free right now, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def last_lines(log: str) -> str:
    """Return the end of what a server has printed, in one line."""
    return " / ".join(log.strip().splitlines()[-_LAST_LINES:]) or "it says nothing"


def did_not_start(title: str, folder: WarmFolder) -> ServiceUnavailable:
    """Return the error for a server that has died or never answered."""
    return ServiceUnavailable(f"{title} did not start: {last_lines(_read(folder))}", f"look into {folder.log}")


def no_room_or(error: OSError, place: Path, title: str) -> ServiceUnavailable:
    """Return the error for a folder that refuses a server's data: it is full, or it is closed to us."""
    if folders.is_for_want_of_room(error):
        variable = "LABS_HOME" if place.is_relative_to(folders.home()) else "LABS_DATA"
        return NoRoom(f"{place} ran full", f"free some space, or set {variable} to a folder with more room")
    first = error.args[0][0][2] if isinstance(error, shutil.Error) else error
    return ServiceUnavailable(f"{title}'s data can't be put into {place}: {first}", "look who may write there")


def _empty_folder(folder: WarmFolder, title: str) -> Path:
    root = folders.data_root()
    try:
        return Path(tempfile.mkdtemp(prefix=folder.data_prefix, dir=root))
    except OSError as error:
        raise no_room_or(error, root, title) from error


def _fill(data: Path, recipe: EmbeddedRecipe, state: State, user: int | None) -> None:
    """Fill the data folder and give it to the user that the server will run as."""
    try:
        recipe.fill(data, state)
        if user is not None:
            os.chown(data, user, user)
            for place, names, files in os.walk(data):
                for name in (*names, *files):
                    os.chown(os.path.join(place, name), user, user)  # noqa: PTH118 - a thousand of them
        data.chmod(0o700)
    except OSError as error:
        raise no_room_or(error, data.parent, recipe.title) from error


def _wait(folder: WarmFolder, recipe: EmbeddedRecipe, state: State) -> None:
    """Return when the server serves clients."""
    deadline = time.monotonic() + recipe.patience
    ended = False
    while not recipe.look(state, _read(folder)):
        if ended or time.monotonic() > deadline:
            raise did_not_start(recipe.title, folder)
        ended = not folder.has_keeper()  # it ends with the server; then the log is whole, and is looked at once more
        time.sleep(_LOOK_EVERY)


def _read(folder: WarmFolder) -> str:
    return folder.log.read_text(encoding="utf-8", errors="replace")
