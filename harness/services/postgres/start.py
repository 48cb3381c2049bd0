"""Which server a run gets: a warm one, or one that is started, with Docker or without."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from typing import Literal

import psycopg

from harness.errors import ImageMissing, NoRoom, ServiceUnavailable, UsageError
from harness.services import docker_engine, folders, warm
from harness.services.postgres import connections, docker, embedded, settings
from harness.services.postgres.server import PostgresServer
from harness.services.warm import State, WarmFolder

Choice = Literal["auto", "docker", "embedded"]
Say = Callable[[str], None]


def start_postgres(choice: Choice, *, say: Say) -> PostgresServer:
    """A PostgreSQL to work with: the warm one where there is one, else a new one.

    `say` gets one line of progress at a time. `auto` takes Docker where an engine answers and has or gets an image,
    else the embedded server. Raises ServiceUnavailable, ImageMissing and NoRoom with what to do about it, and
    UsageError for another choice.
    """
    try:
        if choice == "embedded":
            return _embedded("asked for with --services embedded", say)
        if choice == "docker":
            return _docker(lambda state: f"asked for with --services docker (image {state.image})", say)
        if choice == "auto":
            return _auto(say)
    except OSError as error:  # our own files, or an engine that went away: what requests raises is one, too
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom(f"{folders.home()} ran full", "free some space, or set LABS_HOME to another folder") from error
        raise ServiceUnavailable(
            f"Postgres can't be started: {error}", f"labs down; and look who may write to {folders.home()}"
        ) from error
    raise UsageError(f"no provider is called {choice!r}", "take auto, docker or embedded")


def _auto(say: Say) -> PostgresServer:
    def because(state: State) -> str:
        return f"Docker answers (image {state.image})"

    # A warm container needs no engine to be asked: it answers itself.
    if server := _adopt(_folder("docker"), because):
        return server
    engine = docker_engine.probe()
    if not engine.answers:
        return _embedded(engine.why_not, say)
    # The last start has found no image; asking again before that server is gone would cost seconds each time.
    with contextlib.suppress(ServiceUnavailable):  # without the wheel there is no such server, and Docker needs none
        server = _adopt(_folder("embedded"), lambda state: state.instead, only_if=lambda state: bool(state.instead))
        if server:
            return server
    try:
        return _docker(because, say)
    except ImageMissing as missing:
        why = f"Docker answers, but {missing.message}"
        say(f"{why}: taking the embedded server")
        return _embedded(why, say, instead=why)


def _embedded(why: str, say: Say, *, instead: str = "") -> PostgresServer:
    def start(folder: WarmFolder) -> State:
        return embedded.start(folder, say=say, instead=instead)

    return _warm_or_started(_folder("embedded"), lambda _: why, start)


def _docker(why: Callable[[State], str], say: Say) -> PostgresServer:
    return _warm_or_started(_folder("docker"), why, lambda folder: docker.start(folder, say=say))


def _folder(provider: warm.Provider) -> WarmFolder:
    configuration = embedded.configuration() if provider == "embedded" else docker.configuration()
    return WarmFolder.of("postgres", provider, configuration)


def _warm_or_started(
    folder: WarmFolder, why: Callable[[State], str], start: Callable[[WarmFolder], State]
) -> PostgresServer:
    if server := _adopt(folder, why):
        return server
    with folder.door:
        if server := _adopt(folder, why):  # another process was faster
            return server
        folder.clear()
        warm.stop_unused(folder)
        lease = folder.lease()
        try:
            state = start(folder)
            return PostgresServer(state, lease, connections.connect(state, settings.SUPERUSER), why(state))
        except BaseException:
            lease.release()
            raise


def _adopt(
    folder: WarmFolder, why: Callable[[State], str], *, only_if: Callable[[State], bool] = lambda _: True
) -> PostgresServer | None:
    """The warm server, if there is one that answers to its password."""
    if not folder.is_warm():
        return None
    lease = folder.lease()
    state = folder.state()
    if state is not None and only_if(state):
        with contextlib.suppress(psycopg.OperationalError):
            return PostgresServer(state, lease, connections.connect(state, settings.SUPERUSER), why(state))
    lease.release()
    return None
