"""A running RabbitMQ, and the vhosts on it."""

from __future__ import annotations

import contextlib
from typing import Self

from harness.errors import ServiceUnavailable
from harness.services.leases import FileLock
from harness.services.makers import Maker
from harness.services.provide import Choice, Service, provide
from harness.services.rabbitmq import readiness
from harness.services.rabbitmq.docker import RabbitContainer
from harness.services.rabbitmq.embedded import RabbitEmbedded
from harness.services.rabbitmq.management import Management
from harness.services.rabbitmq.vhost import Vhost, remove
from harness.services.recipes import NoAnswer, Say
from harness.services.trouble import disk_is_full, full, lost
from harness.services.warm import Provider, State


class RabbitServer:
    """A warm server that this process holds a lease on. `why` says in one sentence how it came to be this one."""

    def __init__(self, state: State, lease: FileLock, why: str) -> None:
        self.provider: Provider = state.provider
        self.version = state.version
        self.why = why
        self._state = state
        self._lease = lease
        self._management = Management(state)
        self._maker: Maker | None = None
        self._vhosts: set[str] = set()

    def __repr__(self) -> str:
        """Without the passwords."""
        return f"RabbitServer({self.provider} {self.version}, port {self._state.port})"

    @classmethod
    def open(cls, state: State, lease: FileLock, why: str) -> Self:
        """Take the server over. Raises NoAnswer where it does not answer, or not to the administrator's password."""
        if not _answers(state):
            raise NoAnswer
        return cls(state, lease, why)

    def vhost(self) -> Vhost:
        """Return a vhost for one test, with a user of its own; `drop()` removes both.

        What a killed run has left is swept up on the way. Raises ServiceUnavailable where the server is gone.
        """
        if self._maker is None:
            self._maker = Maker(self._lease.path.parent / "makers")
            self._sweep(self._maker)
        vhost = Vhost(self._maker.new_name(), self._state.host, self._state.port, self._management)
        self._vhosts.add(vhost.name)
        vhost.make()
        return vhost

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps the server from serving, or None."""
        if disk_is_full(self._state):
            return full("RabbitMQ")
        if not _answers(self._state):
            return lost("RabbitMQ")
        try:
            self._management.get("health/checks/local-alarms")
        except ServiceUnavailable:  # it goes on answering, and lets no publisher go on
            return ServiceUnavailable(
                "RabbitMQ takes no messages: its disk or its memory ran full",
                "labs down, or set LABS_DATA to a folder with more room",
            )
        return None

    def close(self) -> None:
        """Let go of the server, which stays warm, and remove what this process has made on it.

        Where the server is down, what is on it stays this process's own: it may be started again.
        """
        try:
            with contextlib.suppress(ServiceUnavailable):
                for name in self._vhosts and self._there() & self._vhosts:
                    remove(name, self._management)
                if self._maker is not None:
                    self._maker.end()
        finally:
            self._lease.release()

    def _sweep(self, maker: Maker) -> None:
        """Remove the vhosts of processes that have ended without a word."""
        with maker.abandoned(self._there()) as names:
            for name in names:
                remove(name, self._management)

    def _there(self) -> set[str]:
        """Return the names of all vhosts and users: a process may have been killed between the two."""
        kinds = ("vhosts", "users")
        return {each["name"] for kind in kinds for each in self._management.get(f"{kind}?columns=name")}


def _answers(state: State) -> bool:
    inside = state.ports if state.provider == "embedded" else RabbitContainer.ports
    return readiness.serves(state, inside["client"])


SERVICE = Service("rabbitmq", "RabbitMQ", RabbitEmbedded, RabbitContainer, RabbitServer.open)


def start_rabbitmq(choice: Choice, *, say: Say) -> RabbitServer:
    """Return a RabbitMQ; arguments and errors are those of `provide`."""
    return provide(SERVICE, choice, say=say)
