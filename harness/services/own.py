"""A server of one's own, which a test may hurt: pause it, kill it, start it again on the same port and data.

The same on both providers: to a client, a stopped process and a paused container are one and the same silence, and a
killed process is a killed container.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self

from harness.errors import ImageMissing, ServiceUnavailable, UsageError
from harness.services import container, docker_engine, embedded, orphans
from harness.services.provide import Choice, Server, Service
from harness.services.recipes import NoAnswer, Say
from harness.services.warm import State, WarmFolder

_PATIENCE = 30.0  # seconds for a server that was started again; Postgres and Redis need a fraction of one
_LOOK_EVERY = 0.01
_FREEZES = 5  # attempts to pause a container


class OwnServer(Generic[Server]):
    """A running server that only this process has. `server` is it, in its latest life: after `start` another object.

    Every method returns when what it says has happened. Raises ServiceUnavailable where it can't. Use it as a context
    manager, or `close` it: nothing is left then. Where the process dies, the keeper takes it away.
    """

    server: Server

    def __init__(self, service: Service[Server], folder: WarmFolder, state: State, why: str) -> None:
        self.state = state
        self._service = service
        self._folder = folder
        self._why = why
        # Without it the keeper would take the time between two lives for the end.
        self._lease = folder.lease()
        self._is_hurt = False
        self._open()

    def __enter__(self) -> Self:
        """Nothing more: it runs."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def pause(self) -> None:
        """Stop the server in its tracks: connections stay open, and nothing answers any more."""
        self._is_hurt = True
        self._hurt(_freeze, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on where it was."""
        self._hurt(lambda found: found.unpause(), signal.SIGCONT)
        self._is_hurt = False

    def kill(self) -> None:
        """End the server as a power cut would, paused or not: what it hadn't written is lost."""
        self._is_hurt = True
        if self.state.container:
            self._container(lambda found: found.kill())
            return
        self._service.embedded().before_kill(self._data)
        orphans.end_processes_in(self._data, at_once=True)

    def stop(self) -> None:
        """End the server in good order, as a machine does that is shut down: it writes what it has to, and goes."""
        self._is_hurt = True
        if self.state.container:
            self._container(lambda found: found.stop(timeout=round(_PATIENCE)))
            return
        orphans.end_in_good_order(self._data, patience=_PATIENCE)

    def start(self) -> None:
        """Start a killed or stopped server again, on the same ports and data, and wait until it answers."""
        self._let_go()
        if self.state.container:
            self._container(lambda found: found.start())
        else:
            self._folder.tell_keeper_to_start()
        self._open()
        self._is_hurt = False

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps it from serving, or None; nothing keeps one that was paused or ended here: it isn't to."""
        return None if self._is_hurt else self.server.trouble()

    def close(self) -> None:
        """End the server and remove all of it; nothing happens where that has been done: by `labs down`, say."""
        self._is_hurt = True
        self._let_go()
        self._lease.release()
        self._folder.remove()

    def _let_go(self) -> None:
        with contextlib.suppress(Exception):  # connections to a server that may be dead by now
            self.server.close()

    @property
    def _data(self) -> Path:
        return Path(self.state.data)

    def _open(self) -> None:
        recipe = self._service.container() if self.state.container else self._service.embedded()
        deadline = time.monotonic() + max(_PATIENCE, recipe.patience)
        while True:
            lease = self._folder.lease()
            try:
                self.server = self._service.open(self.state, lease, self._why)
            except NoAnswer as error:
                lease.release()
                if time.monotonic() > deadline or not self._folder.has_keeper():
                    raise ServiceUnavailable(
                        f"{self._service.title} did not come back", f"look into {self._folder.log}"
                    ) from error
                time.sleep(_LOOK_EVERY)
            else:
                return

    def _hurt(self, in_docker: Callable[[Any], object], number: signal.Signals) -> None:
        if self.state.container:
            self._container(in_docker)
        elif not orphans.tell_processes_in(self._data, number, seconds=_PATIENCE):
            raise ServiceUnavailable(f"{self._service.title} could not be paused", "run it again")

    def _container(self, act: Callable[[Any], object]) -> None:
        with (
            docker_engine.asked_to(f"do this to {self._service.title}"),
            contextlib.closing(docker_engine.client()) as client,
        ):
            act(client.containers.get(self.state.container))


def _freeze(container: Any) -> None:
    """Pause a container. The engine gives up where its processes make new ones faster than it stops them: once more."""
    import docker.errors  # late: 0.2 s

    for left in reversed(range(_FREEZES)):
        try:
            container.pause()
        except docker.errors.APIError as error:
            if "unable to freeze" not in str(error) or not left:
                raise
        else:
            return


def provide_own(service: Service[Server], choice: Choice, *, say: Say) -> OwnServer[Server]:
    """Start a server for this process alone, which may be hurt; to be closed.

    The choice of a provider and what is raised are those of `provide`.
    """
    if choice not in {"auto", "docker", "embedded"}:
        raise UsageError(f"no provider is called {choice!r}", "take auto, docker or embedded")
    why = f"asked for with --services {choice}"
    if choice == "docker":
        return _in_container(service, why, say)
    if choice == "embedded":
        return _embedded(service, why, say)
    engine = docker_engine.probe()
    if not engine.answers:
        return _embedded(service, engine.why_not, say)
    try:
        return _in_container(service, "Docker answers", say)
    except ImageMissing as missing:
        return _embedded(service, f"Docker answers, but {missing.message}", say)


def _in_container(service: Service[Server], why: str, say: Say) -> OwnServer[Server]:
    folder = WarmFolder.of_ones_own(service.name, "docker")
    return _started(
        service, folder, why, lambda: container.start(folder, service.container(), say=say, restartable=True)
    )


def _embedded(service: Service[Server], why: str, say: Say) -> OwnServer[Server]:
    folder = WarmFolder.of_ones_own(service.name, "embedded")
    return _started(service, folder, why, lambda: embedded.start(folder, service.embedded(), say=say, restartable=True))


def _started(service: Service[Server], folder: WarmFolder, why: str, start: Callable[[], State]) -> OwnServer[Server]:
    # The keeper ends a server that nobody holds a lease on; until the server object has its own, this one counts.
    lease = folder.lease()
    try:
        with folder.door:
            state = start()
        return OwnServer(service, folder, state, why)
    except BaseException:
        folder.remove()
        raise
    finally:
        lease.release()
