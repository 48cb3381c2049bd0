"""Which server a run gets: a warm one, or one that is started, with Docker or without."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from harness.errors import ImageMissing, NoRoom, ServiceUnavailable, UsageError
from harness.services import container, docker_engine, embedded, folders, warm
from harness.services.leases import FileLock
from harness.services.recipes import ContainerRecipe, EmbeddedRecipe, NoAnswer, Say
from harness.services.warm import State, WarmFolder

Choice = Literal["auto", "docker", "embedded"]


class Running(Protocol):
    """What a run asks of a server that it holds, whatever the service."""

    provider: warm.Provider
    version: str
    why: str

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps it from serving, or None: what a test finds with a server in trouble is no verdict."""

    def close(self) -> None:
        """Let go of it; it stays warm."""


Server = TypeVar("Server", bound=Running)


@dataclass(frozen=True)
class Service(Generic[Server]):
    """A kind of server: its two recipes, and how a run comes to hold a running one.

    `open` takes the state, the lease, and the sentence that says how the server came to be this one; it raises NoAnswer
    where the server doesn't answer.
    """

    name: str
    title: str
    embedded: Callable[[], EmbeddedRecipe]
    container: Callable[[], ContainerRecipe]
    open: Callable[[State, FileLock, str], Server]


def provide(service: Service[Server], choice: Choice, *, say: Say) -> Server:
    """Return a server to work with: the warm one where there is one, else a new one.

    `say` gets one line of progress at a time. `auto` takes Docker where an engine answers and has or gets an image,
    else the embedded server. Raises ServiceUnavailable, ImageMissing and NoRoom with what to do about it, and
    UsageError for another choice.
    """
    silent: list[State] = []  # what has not answered: it is not waited for a second time
    try:
        if choice == "embedded":
            return _embedded(service, "asked for with --services embedded", say, silent)
        if choice == "docker":
            because = "asked for with --services docker"
            return _docker(service, lambda state: f"{because} (image {state.image})", say, silent)
        if choice == "auto":
            return _auto(service, say, silent)
    except OSError as error:  # our own files, or an engine that went away: what requests raises is one, too
        if folders.is_for_want_of_room(error):
            raise NoRoom(f"{folders.home()} ran full", "free some space, or set LABS_HOME to another folder") from error
        raise ServiceUnavailable(
            f"{service.title} can't be started: {error}", f"labs down; and look who may write to {folders.home()}"
        ) from error
    raise UsageError(f"no provider is called {choice!r}", "take auto, docker or embedded")


def _auto(service: Service[Server], say: Say, silent: list[State]) -> Server:
    def because(state: State) -> str:
        return f"Docker answers (image {state.image})"

    # A warm container needs no engine to be asked: it answers itself.
    if server := _adopt(service, _folder(service, "docker"), because, silent):
        return server
    engine = docker_engine.probe()
    if not engine.answers:
        return _embedded(service, engine.why_not, say, silent)
    # The last start has found no image; asking again before that server is gone would cost seconds each time.
    with contextlib.suppress(ServiceUnavailable):  # what can't be had embedded has no such server
        found = _folder(service, "embedded")
        if server := _adopt(service, found, lambda state: state.instead, silent, instead_of_docker=True):
            return server
    try:
        return _docker(service, because, say, silent)
    except ImageMissing as missing:
        why = f"Docker answers, but {missing.message}"
        say(f"{why}: taking the embedded server")
        return _embedded(service, why, say, silent, instead=why)


def _embedded(service: Service[Server], why: str, say: Say, silent: list[State], *, instead: str = "") -> Server:
    def start(folder: WarmFolder) -> State:
        return embedded.start(folder, service.embedded(), say=say, instead=instead)

    return _warm_or_started(service, _folder(service, "embedded"), lambda _: why, silent, start)


def _docker(service: Service[Server], why: Callable[[State], str], say: Say, silent: list[State]) -> Server:
    def start(folder: WarmFolder) -> State:
        return container.start(folder, service.container(), say=say)

    return _warm_or_started(service, _folder(service, "docker"), why, silent, start)


def _folder(service: Service[Server], provider: warm.Provider) -> WarmFolder:
    if provider == "embedded":
        return WarmFolder.of(service.name, provider, service.embedded().configuration())
    return WarmFolder.of(service.name, provider, container.configuration(service.container()))


def _warm_or_started(
    service: Service[Server],
    folder: WarmFolder,
    why: Callable[[State], str],
    silent: list[State],
    start: Callable[[WarmFolder], State],
) -> Server:
    if server := _adopt(service, folder, why, silent):
        return server
    with folder.door:
        if server := _adopt(service, folder, why, silent):  # another process was faster
            return server
        folder.clear()
        warm.stop_unused(folder)
        lease = folder.lease()
        try:
            state = start(folder)
            return service.open(state, lease, why(state))
        except NoAnswer as error:
            lease.release()
            raise ServiceUnavailable(
                f"{service.title} started and then did not answer", f"look into {folder.log}"
            ) from error
        except BaseException:
            lease.release()
            raise


def _is_complete(state: State, service: Service[Server]) -> bool:
    """Whether a state that was read names all that this service's servers have."""
    recipe = service.embedded() if state.provider == "embedded" else service.container()
    return set(recipe.passwords()) <= set(state.passwords) and set(recipe.ports) <= set(state.ports)


def _adopt(
    service: Service[Server],
    folder: WarmFolder,
    why: Callable[[State], str],
    silent: list[State],
    *,
    instead_of_docker: bool = False,
) -> Server | None:
    """Return the warm server, if there is one that answers to its password (and was taken for want of an image).

    One that doesn't is noted among the silent, where it may stand already.
    """
    if not folder.is_warm():
        return None
    lease = folder.lease()
    try:
        state = folder.state()
        usable = state is not None and state not in silent and _is_complete(state, service)
        if state is not None and usable and (state.instead or not instead_of_docker):
            try:
                return service.open(state, lease, why(state))
            except NoAnswer:
                silent.append(state)
    except BaseException:
        lease.release()
        raise
    lease.release()
    return None
