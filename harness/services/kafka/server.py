"""A running Kafka, and the spaces on it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from functools import cached_property

from harness.errors import ServiceUnavailable
from harness.services.kafka import probe, settings
from harness.services.kafka.admin import Admin
from harness.services.kafka.docker import KafkaContainer
from harness.services.kafka.embedded import KafkaEmbedded
from harness.services.kafka.space import KafkaSpace
from harness.services.leases import FileLock
from harness.services.makers import Maker
from harness.services.provide import Choice, Service, provide
from harness.services.pulse import Pulse
from harness.services.recipes import NoAnswer, Say
from harness.services.trouble import disk_is_full, full, lost
from harness.services.warm import Provider, State

# Seconds for a warm server that lives. It takes five milliseconds; one on 2 % of a processor may take most of these, as
# its controller misses it now and then. Those that hang aren't waited for, but where nobody can see it: see pulse.py.
_PATIENCE = 60.0
_COMING_UP = 10.0  # seconds for one that hangs up: it comes up, goes down, or another has its port
_LOOK_EVERY = 0.01


class KafkaServer:
    """A warm server that this process holds a lease on. `why` says in one sentence how it came to be this one.

    Every method raises ServiceUnavailable where the server is gone, and NoRoom where its disk is full.
    """

    def __init__(self, state: State, lease: FileLock, why: str) -> None:
        self.provider: Provider = state.provider
        self.version = state.version
        self.why = why
        self._state = state
        self._lease = lease
        self._maker: Maker | None = None
        self._spaces: set[str] = set()  # their prefixes
        self._inhabited: set[str] = set()  # groups of dropped spaces that still had a member

    def __repr__(self) -> str:
        """Without the password."""
        return f"KafkaServer({self.provider} {self.version}, port {self._state.port})"

    @cached_property
    def admin(self) -> Admin:
        """The administrator's connection, opened when it is first needed."""
        return Admin(self.client_settings(), lambda: probe.answers(self._state))

    def create_topic(
        self, name: str, partitions: int, configuration: Mapping[str, str], *, replicas: int | None = None
    ) -> None:
        """Make a topic, and return when clients can use it; what is raised is what `Admin.create_topic` raises."""
        self.admin.create_topic(name, partitions, configuration, replicas=replicas)

    def client_settings(self) -> dict[str, settings.Setting]:
        """Return what a client of librdkafka needs to reach the server; the password is in it."""
        return settings.client_settings(self._state)

    def space(self) -> KafkaSpace:
        """Return a space for one test; `drop()` removes what is in it.

        What a killed run has left is swept up on the way.
        """
        if self._maker is None:
            self._maker = Maker(self._lease.path.parent / "makers")
            self._sweep(self._maker)
        space = KafkaSpace(f"{self._maker.new_name()}-", self)
        self._spaces.add(space.prefix)
        return space

    def remove(self, space: KafkaSpace) -> None:
        """Remove the topics and groups of a space; `KafkaSpace.drop` closes its clients first."""
        if space.prefix in self._spaces:
            self._remove({space.prefix})
            self._spaces.discard(space.prefix)

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps the server from serving, or None. One whose disk is full ends itself."""
        if disk_is_full(self._state):
            return full("Kafka")
        return None if probe.answers(self._state) else lost("Kafka")

    def close(self) -> None:
        """Let go of the server, which stays warm, and remove what this process has made on it.

        Where the server is down, what is on it stays this process's own: it may be started again.
        """
        try:
            if self._maker is not None and probe.answers(self._state):
                with contextlib.suppress(ServiceUnavailable):  # it went down just now
                    if self._spaces or self._inhabited:
                        self._remove(self._spaces)
                    self._maker.end()
        finally:
            self._lease.release()

    def _remove(self, prefixes: set[str]) -> None:
        ours = tuple(prefixes)
        groups = {name for name in self.admin.groups() if name.startswith(ours)}
        self._inhabited = self.admin.delete_groups(groups | self._inhabited)
        self.admin.delete_topics(name for name in self.admin.topics() if name.startswith(ours))

    def _sweep(self, maker: Maker) -> None:
        """Remove what processes have left that have ended without a word.

        A group whose consumer was killed has a member for some seconds more: the next run finds it again.
        """
        topics, groups = self.admin.topics(), self.admin.groups()
        with maker.abandoned(topics | groups) as abandoned:
            self.admin.delete_groups(groups.intersection(abandoned))
            self.admin.delete_topics(topics.intersection(abandoned))


def _open(state: State, lease: FileLock, why: str) -> KafkaServer:
    """Take a server over that answers to its password; one that counts itself out for a moment is waited for.

    One that is silent is waited for as well, for it may be slow; but no longer than it takes to see that it hangs.
    """
    began = time.monotonic()
    pulse = Pulse(state)
    while (left := began + _PATIENCE - time.monotonic()) > 0:
        try:
            if probe.serves(state, seconds=left, stopped=pulse.stopped):
                return KafkaServer(state, lease, why)
        except (probe.Refused, ConnectionRefusedError, TimeoutError):
            break
        except OSError:
            if time.monotonic() > began + _COMING_UP:
                break
        time.sleep(_LOOK_EVERY)
    raise NoAnswer


SERVICE = Service("kafka", "Kafka", KafkaEmbedded, KafkaContainer, _open)


def start_kafka(choice: Choice, *, say: Say) -> KafkaServer:
    """Return a Kafka; arguments and errors are those of `provide`."""
    return provide(SERVICE, choice, say=say)
