"""Brokers that form a cluster, each of which a test may pause, kill and start again."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from harness.errors import ServiceUnavailable, UsageError
from harness.services.kafka import probe, settings
from harness.services.kafka.admin import Admin
from harness.services.kafka.metadata import Metadata, Partition
from harness.services.kafka.server import KafkaServer
from harness.services.kafka.space import KafkaSpace
from harness.services.own import OwnServer

_PATIENCE = 60.0  # seconds; a new leader takes one
_LOOK_EVERY = 0.02

Condition = Literal["running", "paused", "killed"]
Views = list[Metadata]  # one of each broker that runs
_Found = TypeVar("_Found")


class Broker:
    """One broker. What is done to it has happened when the method returns; what the others make of it is waited for.

    Raises UsageError for what can't be done to a broker in its condition, and ServiceUnavailable where it fails.
    """

    def __init__(self, number: int, own: OwnServer[KafkaServer]) -> None:
        self.number = number
        self.condition: Condition = "running"
        self.own = own

    def __repr__(self) -> str:
        """Its number and how it is: what a failed assertion shows."""
        return f"Broker({self.number}, {self.condition})"

    @property
    def is_running(self) -> bool:
        """Whether it is neither paused nor killed."""
        return self.condition == "running"

    @property
    def address(self) -> str:
        """Its "host:port", the same in all of its lives."""
        return f"{self.own.state.host}:{self.own.state.port}"

    def pause(self) -> None:
        """Stop it in its tracks: after a second the others elect leaders in its place, and it doesn't know."""
        self._require("pause", "running")
        self.own.pause()
        self.condition = "paused"

    def resume(self) -> None:
        """Let it go on where it was: it takes itself for what it was until it hears otherwise."""
        self._require("resume", "paused")
        self.own.resume()
        self.condition = "running"

    def kill(self) -> None:
        """End it as a power cut would, paused or not: its connections break, and what it hadn't written is lost."""
        self._require("kill", "running", "paused")
        self.own.kill()
        self.condition = "killed"

    def start(self) -> None:
        """Start it again, killed before, on the same port and data, and wait until the cluster counts it in."""
        self._require("start", "killed")
        self.own.start()
        self.condition = "running"

    def _require(self, act: str, *conditions: Condition) -> None:
        if self.condition not in conditions:
            raise UsageError(
                f"broker {self.number} is {self.condition}: there is no way to {act} it", f"{act} it another time"
            )


class Brokers:
    """A cluster that only this process has: `brokers`, numbered from 1, and a controller that is nobody's to hurt.

    Any brokers may be down but the last: those that are left elect their leaders. Use it as a context manager, or
    `close` it: nothing is left then. Where the process dies, the keepers take it away.
    """

    def __init__(self, controller: OwnServer[Any], brokers: list[Broker]) -> None:
        self.brokers = brokers
        self.provider = controller.state.provider
        self.version = controller.state.version
        self._controller = controller

    def __enter__(self) -> Self:
        """Nothing more: it runs."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def client_settings(self) -> dict[str, settings.Setting]:
        """Return what a client of librdkafka needs to reach the cluster by any broker; the password is in it."""
        return self._client_settings(self.brokers)

    @property
    def admin(self) -> Admin:
        """A new connection of an administrator's, who knows of no broker that is down."""
        running = self._running()
        return Admin(self._client_settings(running), lambda: any(probe.answers(broker.own.state) for broker in running))

    def space(self) -> KafkaSpace:
        """Return a space for one test; `drop()` removes what is in it."""
        return KafkaSpace(f"labs-{secrets.token_hex(6)}-", self)

    def create_topic(
        self, name: str, partitions: int, configuration: Mapping[str, str], *, replicas: int | None = None
    ) -> None:
        """Make a topic, and return when all brokers that run know it and who leads it.

        What is raised is what `Admin.create_topic` raises.
        """
        self.admin.create_topic(name, partitions, configuration, replicas=replicas)
        for partition in range(partitions):
            self.leader_of(name, partition)

    def remove(self, space: KafkaSpace) -> None:
        """Remove the topics and groups of a space, unless a broker is down: then they go with the cluster."""
        if not all(broker.is_running for broker in self.brokers):
            return
        admin = self.admin
        admin.delete_groups(name for name in admin.groups() if name.startswith(space.prefix))
        admin.delete_topics(name for name in admin.topics() if name.startswith(space.prefix))

        def gone(views: Views) -> bool | None:
            return not any(name.startswith(space.prefix) for view in views for name in view.topics) or None

        # Each broker hears of it in its own time.
        self._wait(gone, None, "the brokers removed topics and then still showed them", _PATIENCE)

    def leader_of(self, topic: str, partition: int = 0, *, seconds: float = _PATIENCE) -> Broker:
        """Return the broker that leads a partition, once it runs and all that run agree on it.

        So after a leader was killed or paused this waits for its successor. Raises ServiceUnavailable where there is
        none in time.
        """
        numbers = {broker.number: broker for broker in self._running()}
        found = self.wait_for(
            topic, lambda seen: seen.leader in numbers, "have a leader that runs", partition=partition, seconds=seconds
        )
        assert found.leader is not None
        return numbers[found.leader]

    def wait_for_in_sync(
        self, topic: str, brokers: Iterable[Broker], partition: int = 0, *, seconds: float = _PATIENCE
    ) -> None:
        """Return once exactly these brokers have the replicas of a partition that are in sync.

        Raises ServiceUnavailable where that takes too long.
        """
        wanted = {broker.number for broker in brokers}
        self.wait_for(
            topic,
            lambda seen: seen.in_sync == wanted,
            f"have the brokers {sorted(wanted)} in sync",
            partition=partition,
            seconds=seconds,
        )

    def wait_for(
        self,
        topic: str,
        condition: Callable[[Partition], bool],
        what: str,
        *,
        partition: int = 0,
        seconds: float = _PATIENCE,
    ) -> Partition:
        """Return a partition once all brokers that run see it alike, and so that a condition holds.

        `what` ends the sentence that says what the partition didn't do in time, in the ServiceUnavailable.
        """

        def holds(views: Views) -> Partition | None:
            first, *others = (view.topics.get(topic, {}).get(partition) for view in views)
            alike = first is not None and all(other == first for other in others)
            return first if alike and first is not None and condition(first) else None

        return self._wait(holds, [topic], f"partition {partition} of {topic} did not {what}", seconds)

    def heal(self, *, seconds: float = _PATIENCE) -> None:
        """Resume and start whatever is down, and wait until each partition has a leader and all its replicas in sync.

        Raises ServiceUnavailable where a broker doesn't come back, or the cluster isn't whole in time.
        """

        def mend(broker: Broker) -> None:
            if broker.condition == "paused":
                broker.resume()
            if broker.condition == "killed":
                broker.start()

        with ThreadPoolExecutor(len(self.brokers)) as pool:
            list(pool.map(mend, self.brokers))

        def whole(views: Views) -> bool | None:
            first, *others = views
            partitions = [each for topic in first.topics.values() for each in topic.values()]
            healthy = all(each.leader is not None and each.in_sync == {*each.replicas} for each in partitions)
            counted_in = len(first.brokers) == len(self.brokers)
            return (healthy and counted_in and all(other == first for other in others)) or None

        self._wait(whole, None, "the cluster did not become whole again", seconds)

    def close(self) -> None:
        """End all of it and remove it."""
        close_all([*(broker.own for broker in self.brokers), self._controller])

    def _wait(
        self,
        holds: Callable[[Views], _Found | None],
        topics: list[str] | None,
        what: str,
        seconds: float,
    ) -> _Found:
        """Return what is found in the views of all brokers that run, one view a broker."""
        deadline = time.monotonic() + seconds
        views: Views = []
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, probe.Refused):  # it may have been resumed a moment ago
                views = [probe.about(broker.own.state, topics) for broker in self._running()]
                if (found := holds(views)) is not None:
                    return found
            time.sleep(_LOOK_EVERY)
        seen = [dict(view.topics) for view in views]
        raise ServiceUnavailable(f"{what} in {seconds:g} s; the brokers saw {seen or 'nothing'}", "run it again")

    def _running(self) -> list[Broker]:
        running = [broker for broker in self.brokers if broker.is_running]
        if not running:
            raise UsageError("no broker runs that could be asked", "resume or start one first")
        return running

    def _client_settings(self, brokers: Iterable[Broker]) -> dict[str, settings.Setting]:
        return {
            **settings.client_settings(self.brokers[0].own.state),
            "bootstrap.servers": ",".join(broker.address for broker in brokers),
            # Whoever asks again, for a broker that comes back or a leader that changes, does so within tenths of a
            # second; the library's own patience reaches ten.
            "reconnect.backoff.max.ms": 300,
            "retry.backoff.max.ms": 300,
            # A paused broker is given up after so long, and not after a minute. Longer than it takes the cluster to
            # miss one: a write that waits for a paused follower shall not be sent twice.
            "socket.timeout.ms": 4000,
        }


def close_all(servers: Iterable[OwnServer[Any]]) -> None:
    """Close all of them at once: each takes a while to die."""
    closing = list(servers)
    with ThreadPoolExecutor(len(closing)) as pool:
        for done in [pool.submit(server.close) for server in closing]:
            done.result()
