"""What a service has to say so that it can be started: one recipe for each provider."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from harness.services.warm import State

Say = Callable[[str], None]


class PortTaken(Exception):
    """Somebody else listens on a port that was free a moment ago: the server will be started on other ones."""


class NoAnswer(Exception):
    """A warm server does not answer, or not to its password: it will be replaced."""


@dataclass(frozen=True)
class Command:
    """The process of an embedded server. It runs in its data folder, in a process group of its own.

    `environment` is all that it gets: nothing of the learner's own leaks in. `run_as` is a user and group id, or None
    for one's own. `stop_signal` is what the group gets first when it has to go; its data is thrown away in any case.
    """

    arguments: list[str]
    environment: dict[str, str]
    run_as: int | None = None
    stop_signal: int = signal.SIGKILL


class EmbeddedRecipe(ABC):
    """How a server is started without Docker. `ports` names the ports that it needs; the first is the clients'."""

    service: ClassVar[str]
    title: ClassVar[str]
    ports: ClassVar[tuple[str, ...]] = ("client",)
    patience: ClassVar[float] = 60.0  # seconds from the start to the first answer

    @abstractmethod
    def configuration(self) -> str:
        """Return all that a warm server must have been started with to be taken over; asked at each start, so cheap.

        Raises ServiceUnavailable where it can't be had on this machine.
        """

    @abstractmethod
    def prepare(self, say: Say) -> str:
        """Get ready what takes long and can be kept, whole or not at all, and return the server's version.

        Raises ServiceUnavailable.
        """

    @abstractmethod
    def passwords(self) -> dict[str, str]:
        """Return new random passwords by role."""

    @abstractmethod
    def fill(self, data: Path, state: State) -> None:
        """Put into the empty data folder what the server needs there. What the folder can't take raises OSError."""

    @abstractmethod
    def command(self, state: State) -> Command:
        """Return the process to run."""

    @abstractmethod
    def look(self, state: State, log: str) -> bool:
        """Return whether the server serves clients, given all that it has printed; asked every few milliseconds.

        Raises PortTaken, and ServiceUnavailable where waiting any longer is useless.
        """

    def before_kill(self, data: Path) -> None:  # noqa: B027 - most have nothing to do
        """See to it that a server which is killed in the next moment leaves nothing outside of its data folder."""


class ContainerRecipe(ABC):
    """How a server is started in a container. `ports` are the container's, by name; the first is the clients'."""

    service: ClassVar[str]
    title: ClassVar[str]
    ports: ClassVar[Mapping[str, int]]
    # Whether the host's ports have to be known before the start, because the server tells its clients.
    fixed_ports: ClassVar[bool] = False
    # Folders in memory, by path, with the engine's options: limited, not reserved, to a size.
    tmpfs: ClassVar[Mapping[str, str]] = {}
    patience: ClassVar[float] = 60.0  # seconds from the start to the first answer
    # A running container of the same service whose image and network this one shares, and which has published this
    # one's ports: an engine publishes none of a container that has another's network.
    beside: State | None = None

    @abstractmethod
    def configuration(self) -> str:
        """Return all that a warm container must have been started with, but for its image."""

    @abstractmethod
    def passwords(self) -> dict[str, str]:
        """Return new random passwords by role."""

    @abstractmethod
    def environment(self, state: State) -> dict[str, str]:
        """Return the container's environment."""

    def command(self, state: State) -> list[str]:  # noqa: ARG002 - for those that need it
        """Return the container's command, or nothing for the image's own."""
        return []

    def options(self) -> dict[str, Any]:
        """Return what else the engine has to be told, in the words of the docker package's `containers.run`."""
        return {}

    @abstractmethod
    def look(self, state: State) -> str:
        """Return the server's version once it serves clients, and an empty text until then.

        An open port says nothing: it is Docker's. Raises ServiceUnavailable where waiting is useless.
        """
