"""A part of a Kafka as a place where programs work."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaException

from harness.explorers.crashes.gated_kafka import GatedProducer, KafkaHandle
from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.steps import Gate


class KafkaPlace(Place):
    """A server, by the settings with which clients reach it. Names in messages are shown without `prefix`.

    `run` marks the groups of one run, in which programs are crashed; empty: groups are called as they are.
    """

    # librdkafka goes on in threads of its own: only the end of its process ends it.
    dies = True

    def __init__(self, settings: Mapping[str, Any], prefix: str, run: str = "") -> None:
        self.settings, self.prefix, self.run = dict(settings), prefix, run

    def open(self) -> KafkaHandle:
        """Return what makes consumers and producers."""
        return KafkaHandle(self.settings, self.prefix, self.run)

    def enter(self, handle: KafkaHandle, gate: Gate | None) -> None:
        """Let the steps of its clients pass this gate."""
        handle.gate = gate
        handle.used = True

    def left_open(self, handle: KafkaHandle) -> bool:  # noqa: ARG002 - a transaction is aborted with its producer
        """Return False."""
        return False

    def undo(self, handle: KafkaHandle) -> None:
        """Do nothing: what has not left is lost with its producer."""

    def renew(self, handle: KafkaHandle) -> bool:
        """Return whether nobody has used it yet."""
        return not handle.used

    def close(self, handle: KafkaHandle) -> None:
        """Close its clients, without a last word: what has not left is lost, and nothing is committed."""
        handle.gate = None
        for client in handle.clients:
            # Closed already, or used from elsewhere: it is let go in any case.
            with contextlib.suppress(KafkaException, RuntimeError):
                if isinstance(client, GatedProducer):
                    client.purge()
                else:
                    client.close()
        handle.clients.clear()

    def cut(self, handle: KafkaHandle) -> None:
        """Do nothing: its process is killed."""

    def begin_run(self, number: int) -> None:
        """Mark the groups of the run that begins."""
        self.run = f"run{number}"

    def look(self) -> KafkaHandle:
        """Return what makes clients of the test's own."""
        return KafkaHandle(self.settings, self.prefix, "")

    def watch(self) -> None:
        """Return nobody: no operation waits for a lock."""
        return
