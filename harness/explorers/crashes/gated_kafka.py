"""Consumers and producers of confluent-kafka's whose every operation stops at a gate.

librdkafka works in threads of its own and by the clock. Here nothing happens by itself: a message leaves the producer
when the program waits for that, auto-commit comes right after a message was handed over, its worst moment, and whether
there is more to read is found out from the broker.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from harness.errors import CouldNotJudge
from harness.explorers.crashes.ahead import MadeAhead
from harness.explorers.crashes.beginnings import Beginnings, ends_of
from harness.explorers.interleavings.steps import Gate, Kind, Result, Ruling, Step
from harness.explorers.interleavings.world import current_gate

_LONGEST = 60
_SHARED = "one client is used by two actors, or outside of its actor: each call has the one it was given"
# Seconds: for one look at the broker, for one answer, and for a message that the broker has for this consumer. The last
# two take milliseconds, and a hundred times that where the machine is busy: they are no part of any verdict.
_LOOK = 0.02
_LOOK_EVERY = 0.002
_ANSWER = 60.0
_PATIENCE = 60.0


class KafkaHandle:
    """What a function gets to work with Kafka: it makes consumers and producers, configured as the library has it.

    Who may log in, and where, is known already: `kafka.consumer({"group.id": group, "auto.offset.reset": "earliest"})`.
    """

    gate: Gate | None = None
    used = False

    def __init__(self, settings: Mapping[str, Any], prefix: str, run: str) -> None:
        self._settings, self.prefix, self._run = dict(settings), prefix, run
        self.clients: list[GatedConsumer | GatedProducer] = []

    def consumer(self, configuration: Mapping[str, Any] | None = None, /, **options: Any) -> GatedConsumer:
        """Return a consumer."""
        chosen = {**self._settings, **(configuration or {}), **_named(options)}
        auto = _true(chosen.pop("enable.auto.commit", True))
        stores = _true(chosen.get("enable.auto.offset.store", True))
        # A partition's end tells that there is no more to read.
        tells_end = _true(chosen.pop("enable.partition.eof", False))
        chosen |= {"enable.auto.commit": False, "enable.partition.eof": True, "fetch.wait.max.ms": 5}
        if "group.id" in chosen and not str(chosen["group.id"]).startswith(self.prefix):
            # The server is everybody's: a group that the learner names is this space's own.
            chosen["group.id"] = f"{self.prefix}{chosen['group.id']}"
        if "group.id" in chosen and self._run:
            # Each run has groups of its own, and whoever is started again is at once the member that it was.
            chosen["group.id"] = f"{chosen['group.id']}-{self._run}"
            chosen["group.instance.id"] = str(len(self.clients))
            chosen["group.protocol"] = "classic"
        elif "group.protocol" not in chosen and "session.timeout.ms" not in chosen:
            chosen["group.protocol"] = "consumer"  # it joins in a tenth of the time
        chosen.setdefault("enable.sparse.connections", False)  # the coordinator is reached 50 ms sooner
        made = GatedConsumer(chosen)
        made.prepare(self, chosen, auto=auto, stores=stores, tells_end=tells_end)
        self.clients.append(made)
        return made

    def producer(self, configuration: Mapping[str, Any] | None = None, /, **options: Any) -> GatedProducer:
        """Return a producer."""
        chosen = {**self._settings, **(configuration or {}), **_named(options)}
        # A program that is crashed has a process of its own, which makes one and ends.
        made = GatedProducer(chosen) if self._run else _AHEAD.take(chosen)
        made.prepare(self)
        self.clients.append(made)
        return made

    def gate_here(self) -> Gate | None:
        """Return the gate of the actor that it belongs to and that is at work; refuse any other."""
        here, owner = current_gate(), self.gate
        if here is not owner:
            (here or owner).refuse(_SHARED)  # type: ignore[union-attr] # one of them is there
        return here

    def plain(self, name: str) -> str:
        """Return a topic's name as the lab's author wrote it."""
        return name.removeprefix(self.prefix)

    def step(self, text: str, kind: Kind, run: Callable[[Ruling], Any], message: str = "") -> Any:
        """Take a step; `run` is told what is to become of it."""
        gate = self.gate_here()
        if gate is None:
            return run("")
        ruling = gate.ask(Step(text, None, "kafka", kind, message))
        try:
            value = run(ruling)
        except KafkaException as error:
            gate.tell(Result(str(error.args[0].str()), error=error.args[0].name().lstrip("_")))
            raise
        gate.tell(Result(_LOST if ruling else ""))
        return value


_LOST = "Local: Message timed out"


class GatedConsumer(Consumer):
    """A consumer whose messages and commits are steps."""

    def prepare(
        self, handle: KafkaHandle, chosen: Mapping[str, Any], *, auto: bool, stores: bool, tells_end: bool
    ) -> None:
        """Keep the books: which partitions are read to their end, and where that was. `chosen` is its configuration."""
        self._handle, self._auto, self._stores, self._tells_end = handle, auto, stores, tells_end
        self._beginnings = Beginnings(chosen)
        cooperative = "cooperative" in str(chosen.get("partition.assignment.strategy", ""))
        self._incremental = cooperative or chosen.get("group.protocol") == "consumer"
        self._ends: dict[tuple[str, int], int] = {}
        self._on_assign: Callable[[Any, Any], object] | None = None
        self._assigned: list[Any] = []  # what the program has not been told of yet
        self._has_moved = False  # it has chosen other offsets than the library

    def subscribe(self, topics: list[str], on_assign: Any = None, on_revoke: Any = None, on_lost: Any = None) -> None:
        """Subscribe.

        The program's `on_assign` may read its offsets from a database, which is a step, and inside a callback of
        librdkafka's no step can be taken: it is called right after, and what it assigns is where reading goes on.
        """
        callbacks = {"on_assign": on_assign, "on_revoke": on_revoke, "on_lost": on_lost}
        if self._handle.gate_here() is not None:
            self._on_assign = on_assign
            callbacks["on_assign"] = self._begin_reading
        super().subscribe(topics, **{name: one for name, one in callbacks.items() if one is not None})

    def _begin_reading(self, _: Consumer, partitions: list[Any]) -> None:
        """Read the partitions that the group has given to this member, and remember to tell the program."""
        if self._on_assign is not None:
            self._assigned.extend(partitions)
        (super().incremental_assign if self._incremental else super().assign)(self._beginnings.of(self, partitions))

    def assign(self, partitions: list[Any]) -> None:
        """Read from these partitions; in `on_assign`, go on there."""
        self._ends.clear()
        self._read_from(partitions, super().assign)

    def incremental_assign(self, partitions: list[Any]) -> None:
        """Read from these partitions as well; in `on_assign`, go on there."""
        for partition in partitions:
            self._ends.pop((partition.topic, partition.partition), None)
        self._read_from(partitions, super().incremental_assign)

    def _read_from(self, partitions: list[Any], assign: Callable[[list[Any]], object]) -> None:
        if self._on_assign is None:
            assign(partitions if self._handle.gate_here() is None else self._beginnings.of(self, partitions))
            return
        for partition in partitions:
            if partition.offset != OFFSET_INVALID:
                self.seek(partition)

    def seek(self, partition: Any) -> None:
        """Go on at another offset, as soon as the partition is read at all."""
        self._has_moved = True
        self._ends.pop((partition.topic, partition.partition), None)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                super().seek(partition)
            except KafkaException as error:
                if error.args[0].code() != KafkaError._STATE or time.monotonic() > deadline:  # noqa: SLF001 - the library's own public code
                    raise
                time.sleep(_LOOK_EVERY)
            else:
                return

    def poll(self, timeout: float = -1) -> Any:
        """Return a message, or None where there is none."""
        gate = self._handle.gate_here()
        if gate is None:
            return super().poll(timeout)
        message = self._next()
        if message is None:
            gate.idle(for_ever=timeout is None or timeout < 0)
            return None
        self._hand_over(gate, message)
        return message

    def consume(self, num_messages: int = 1, timeout: float = -1) -> list[Any]:
        """Return as many messages as there are, up to a number."""
        gate = self._handle.gate_here()
        if gate is None:
            return list(super().consume(num_messages, timeout))
        messages: list[Any] = []
        while len(messages) < num_messages and (message := self._next()) is not None:
            self._hand_over(gate, message)
            messages.append(message)
        if not messages:
            gate.idle(for_ever=timeout < 0)
        return messages

    def commit(self, message: Any = None, offsets: Any = None, asynchronous: bool = True) -> Any:  # noqa: FBT001, FBT002 - the library's own signature
        """Commit."""
        really = super().commit
        chosen = {"message": message} if message is not None else {"offsets": offsets} if offsets is not None else {}

        def run(ruling: Ruling) -> Any:
            done = really(asynchronous=False, **chosen) if ruling != "fails" else None
            if ruling:
                raise KafkaException(KafkaError(KafkaError._TRANSPORT, "Local: Broker transport failure"))  # noqa: SLF001 - the library's own public code
            return None if asynchronous else done

        # Nobody hears of an error in a commit that nobody waits for.
        return self._handle.step(self._commit_text(message, offsets), "settle" if asynchronous else "commit", run)

    def store_offsets(self, message: Any = None, offsets: Any = None) -> None:
        """Store offsets for the next commit; auto-commit, where it is on, comes at once."""
        chosen = {"message": message} if message is not None else {"offsets": offsets}
        super().store_offsets(**chosen)
        gate = self._handle.gate_here()
        if gate is not None and self._auto:
            self._commit_by_itself(self._commit_text(message, offsets))

    def _next(self) -> Any:
        """Return the next message, None once all partitions are read to their ends."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            message = super().poll(_LOOK)
            if self._assigned and self._on_assign is not None:
                partitions, self._assigned, self._has_moved = self._assigned, [], False
                self._on_assign(self, partitions)
                if self._has_moved:
                    continue  # what has come is from another place
            if message is not None:
                error, place = message.error(), (message.topic() or "", message.partition() or 0)
                if error is None or error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - as above
                    self._ends.pop(place, None)
                    return message
                self._ends[place] = ends_of(self, *place)[1]
                if self._tells_end:
                    return message
            if self._is_at_the_end():
                return None
            if time.monotonic() > deadline:
                raise CouldNotJudge("Kafka gives a consumer neither messages nor their end", "run it again")

    def _is_at_the_end(self) -> bool:
        assigned = [(each.topic, each.partition) for each in self.assignment()]
        if not assigned or any(each not in self._ends for each in assigned):
            return False
        moved = [each for each in assigned if ends_of(self, *each)[1] != self._ends[each]]
        for each in moved:
            del self._ends[each]
        return not moved

    def _hand_over(self, gate: Gate, message: Any) -> None:
        if message.error() is not None:
            return
        where = f"{self._handle.plain(message.topic())}[{message.partition()}]"
        text = _shown(message.value())
        gate.ask(Step(f"{where} gives {text}", None, "kafka", "deliver", text))
        gate.tell(Result(f"offset {message.offset()}"))
        if self._auto and self._stores:
            self._commit_by_itself(f"{where} up to {message.offset() + 1}")

    def _commit_by_itself(self, what: str) -> None:
        really = super().commit
        self._handle.step(f"auto-commit {what.removeprefix('commit ')}", "settle", lambda _: really(asynchronous=False))

    def _commit_text(self, message: Any, offsets: Any) -> str:
        if message is not None:
            offsets = [TopicPartition(message.topic(), message.partition(), message.offset() + 1)]
        if not offsets:
            return "commit what was read"
        told = [f"{self._handle.plain(one.topic)}[{one.partition}] up to {one.offset}" for one in offsets]
        return f"commit {', '.join(told)}"


class GatedProducer(Producer):
    """A producer whose messages wait until the program waits for them; each is a step when it leaves."""

    def prepare(self, handle: KafkaHandle) -> None:
        """Keep what has not left yet."""
        self._handle = handle
        self._waiting: list[tuple[str, Any, Any, Any, dict[str, Any]]] = []
        self._has_polled = False
        self._in_transaction = False

    def __len__(self) -> int:
        """Return how many messages have not left."""
        return len(self._waiting) + super().__len__()

    def produce(  # noqa: PLR0913, PLR0917 - the library's own signature
        self,
        topic: str,
        value: Any = None,
        key: Any = None,
        partition: int = -1,
        callback: Any = None,
        on_delivery: Any = None,
        timestamp: int = 0,
        headers: Any = None,
    ) -> None:
        """Queue a message."""
        report = on_delivery or callback
        options: dict[str, Any] = {"partition": partition, "timestamp": timestamp}
        if headers is not None:
            options["headers"] = headers
        if self._handle.gate_here() is None:
            super().produce(topic, value, key, on_delivery=report, **options)
            return
        for name, given in (("value", value), ("key", key)):
            if not isinstance(given, str | bytes | None):
                raise TypeError(f"{name}: a bytes-like object is required, not '{type(given).__name__}'")
        self._has_polled = False
        self._waiting.append((topic, value, key, report, options))

    def poll(self, timeout: float = -1) -> int:
        """Send what waits, unless no time is given: then the second time in a row."""
        if self._handle.gate_here() is None:
            return int(super().poll(timeout))
        if timeout == 0 and not self._has_polled:
            self._has_polled = True
            return 0
        return self._send()

    def flush(self, timeout: float = -1) -> int:
        """Send what waits."""
        if self._handle.gate_here() is None:
            return int(super().flush(timeout))
        self._send()
        return 0

    def begin_transaction(self, *arguments: Any) -> None:
        """Begin, which no server hears of."""
        super().begin_transaction(*arguments)
        self._in_transaction = True

    def commit_transaction(self, *arguments: Any) -> None:
        """Send what waits, and commit."""
        self._send()
        self._in_transaction = False
        really = super().commit_transaction
        self._handle.step("commit the transaction", "settle", lambda _: really(*arguments))

    def abort_transaction(self, *arguments: Any) -> None:
        """Abort."""
        really = super().abort_transaction
        self._waiting.clear()
        self._in_transaction = False
        self._handle.step("abort the transaction", "settle", lambda _: really(*arguments))

    def send_offsets_to_transaction(self, *arguments: Any) -> None:
        """Make offsets part of the transaction."""
        self._send()
        really = super().send_offsets_to_transaction
        self._handle.step("add offsets to the transaction", "settle", lambda _: really(*arguments))

    def _send(self) -> int:
        count = 0
        while self._waiting:
            self._send_one(*self._waiting.pop(0))
            count += 1
        return count

    def _send_one(self, topic: str, value: Any, key: Any, on_delivery: Any, options: dict[str, Any]) -> None:
        reports: list[tuple[Any, Any]] = []
        produce, flush = super().produce, super().flush

        def run(ruling: Ruling) -> None:
            if ruling != "fails":
                produce(topic, value, key, on_delivery=lambda *report: reports.append(report), **options)
                flush(_ANSWER)
            if ruling:
                error = KafkaError(KafkaError._MSG_TIMED_OUT, _LOST)  # noqa: SLF001 - the library's own public code
                reports[:] = [(error, Message(topic=topic, key=key, value=value, error=error))]

        shown = f" with key {_shown(key)}" if key is not None else ""
        text = f"send {_shown(value)} to {self._handle.plain(topic)}{shown}"
        # Inside a transaction no error is played: what is lost there makes the library's own commit fail.
        self._handle.step(text, "settle" if self._in_transaction else "publish", run, _shown(value))
        # After the step: it may take steps of its own, which no callback of librdkafka's could.
        for error, message in reports:
            if on_delivery is not None:
                on_delivery(error, message)


_AHEAD: MadeAhead[GatedProducer] = MadeAhead(GatedProducer)


def _named(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "."): value for name, value in options.items()}


def _true(value: Any) -> bool:
    return value not in (False, "false", "False", 0, "0")


def _shown(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
