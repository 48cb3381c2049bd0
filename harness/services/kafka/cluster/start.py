"""Starting a cluster: its controller first, by whose state the brokers find it, then all brokers at once."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial

from harness.errors import ServiceUnavailable
from harness.services.kafka import probe
from harness.services.kafka.cluster import nodes
from harness.services.kafka.cluster.brokers import Broker, Brokers, close_all
from harness.services.kafka.cluster.docker import BrokerContainer, ControllerContainer
from harness.services.kafka.cluster.embedded import BrokerEmbedded, ControllerEmbedded
from harness.services.kafka.server import SERVICE, KafkaServer
from harness.services.leases import FileLock
from harness.services.own import OwnServer, provide_own
from harness.services.provide import Choice, Service
from harness.services.recipes import NoAnswer, Say
from harness.services.warm import State


def provide_brokers(count: int, choice: Choice, *, say: Say) -> Brokers:
    """Start a cluster of so many brokers for this process alone, which may be hurt; to be closed.

    The choice of a provider, which all of them share, and what is raised are those of `provide`; UsageError where a
    cluster can't have so many.
    """
    nodes.require_a_count(count)
    controller = provide_own(_controller(count), choice, say=say)
    say(f"starting its {count} brokers ...")
    starting: list[Future[OwnServer[KafkaServer]]] = []
    try:
        with ThreadPoolExecutor(count) as pool:
            for number in range(1, count + 1):
                service = _broker(number, count, controller.state)
                starting.append(pool.submit(provide_own, service, controller.state.provider, say=_say_nothing))
        started = [each.result() for each in starting]
    except BaseException:
        wait(starting)
        close_all([*(each.result() for each in starting if not each.exception()), controller])
        raise
    return Brokers(controller, [Broker(number, own) for number, own in enumerate(started, start=1)])


def _say_nothing(_: str) -> None:
    """Take a line of progress: of brokers that start at once, each would say the same."""


class _Controller:
    """A controller that this process holds a lease on."""

    def __init__(self, state: State, lease: FileLock, why: str) -> None:
        self.provider, self.version, self.why = state.provider, state.version, why
        self._state = state
        self._lease = lease
        if self.trouble():
            raise NoAnswer

    def trouble(self) -> ServiceUnavailable | None:
        """Return what keeps it from serving, or None."""
        with contextlib.suppress(OSError, probe.Refused):
            if probe.admits(self._state):
                return None
        return ServiceUnavailable("Kafka's controller was lost", "run it again: a new one will be started")

    def close(self) -> None:
        """Let go of it."""
        self._lease.release()


def _controller(brokers: int) -> Service[_Controller]:
    return Service(
        SERVICE.name,
        ControllerEmbedded.title,
        embedded=partial(ControllerEmbedded, brokers),
        container=partial(ControllerContainer, brokers),
        open=_Controller,
    )


def _broker(number: int, brokers: int, controller: State) -> Service[KafkaServer]:
    return replace(
        SERVICE,
        title=f"broker {number} of Kafka",
        embedded=partial(BrokerEmbedded, number, brokers, controller),
        container=partial(BrokerContainer, number, brokers, controller),
    )
