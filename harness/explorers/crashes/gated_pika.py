"""A connection of pika's whose every operation stops at a gate.

Nothing happens on its channels by luck or by time: what nobody confirms is followed by a round trip, so that it has
arrived; and whether a message will come is asked of the broker, on the very channel on which it would.
"""

# ruff: noqa: FBT001, FBT002 - the signatures are those of pika, and learners call them

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ConnectionClosedByClient, StreamLostError

from harness.errors import CouldNotJudge
from harness.explorers.interleavings.steps import Gate, Kind, Result, Step
from harness.explorers.interleavings.world import current_gate

_Value = TypeVar("_Value")
_LONGEST = 60
_SHARED = "one channel is used by two actors, or outside of its actor: each call has the one it was given"
_LOST = "Stream connection lost"
# Seconds for a message that the broker has for this consumer; it takes a millisecond. And between two looks.
_PATIENCE = 60.0
_LOOK_EVERY = 0.002


def _nothing(_: Any) -> str:
    return ""


class GatedBroker(pika.BlockingConnection):  # type: ignore[misc] # pika has no type hints
    """A connection to RabbitMQ that belongs to one actor. Without a gate it is an ordinary one."""

    gate: Gate | None = None
    used = False
    lost = False  # cut, and the program has not noticed yet

    def channel(self, channel_number: int | None = None) -> GatedChannel:
        """Return a new channel that passes the same gate."""
        made = super().channel(channel_number)
        made.__class__ = GatedChannel  # pika makes its own kind and no other
        assert isinstance(made, GatedChannel)
        made.prepare()
        return made

    def process_data_events(self, time_limit: float | None = 0) -> None:
        """Dispatch what has come, or tell the gate that nothing will."""
        gate = self.gate_here()
        if gate is None:
            super().process_data_events(time_limit)
            return
        self.refuse_lost()
        come = [channel.settled() for channel in self._gated_channels()]
        if not any(come):
            gate.idle(for_ever=time_limit is None)
        super().process_data_events(0)

    def sleep(self, duration: float) -> None:
        """Dispatch what has come; no time passes."""
        gate = self.gate_here()
        if gate is None:
            super().sleep(duration)
            return
        self.refuse_lost()
        super().process_data_events(0)
        gate.sleep(duration)

    def lose(self) -> None:
        """End the connection as its loss would, and return when the broker has let go of all that it held.

        A socket that is only cut tells nobody when the broker has noticed. So the broker is told, without a word on
        any channel, and answers when all of them are gone: what was not acknowledged is back in its queues.
        """
        if not self.is_open:
            return
        inner: Any = self._impl
        inner._error = ConnectionClosedByClient(200, "lost")  # noqa: SLF001 - nothing public leaves out the channels' own ends
        inner._set_connection_state(inner.CONNECTION_CLOSING)  # noqa: SLF001 - as above
        inner._send_connection_close(200, "lost")  # noqa: SLF001 - as above
        self._flush_output(self._closed_result.is_ready)

    def gate_here(self) -> Gate | None:
        """Return the gate of the actor that it belongs to and that is at work; refuse any other."""
        here, owner = current_gate(), self.gate
        if here is not owner:
            (here or owner).refuse(_SHARED)  # type: ignore[union-attr] # one of them is there
        return here

    def refuse_lost(self) -> None:
        """Raise what pika raises where it finds out that the connection is lost."""
        if self.lost:
            self.lost = False  # from now on pika itself knows
            raise StreamLostError(_LOST)

    def _gated_channels(self) -> list[GatedChannel]:
        inner: Any = self._impl
        channels = [channel._get_cookie() for channel in inner._channels.values()]  # noqa: SLF001 - pika lists them nowhere else
        return [channel for channel in channels if channel.is_open]


class GatedChannel(BlockingChannel):  # type: ignore[misc] # as above
    """A channel whose operations stop at its connection's gate."""

    _connection: GatedBroker
    connection: GatedBroker

    def prepare(self) -> None:
        """Begin to keep the books: queues by consumer, the bodies of messages by delivery tag, who holds how many."""
        self._queues: dict[str, tuple[str, bool]] = {}
        self._bodies: dict[int, tuple[str, str]] = {}  # and the labels that they have in words
        self._held: dict[int, str] = {}  # consumer by the delivery tag of what is not settled
        self._prefetch = 0
        self._inside = False  # a step of pika's that is made of others

    # What is published.

    def basic_publish(
        self, exchange: str, routing_key: str, body: Any, properties: Any = None, mandatory: bool = False
    ) -> None:
        """Publish."""
        really = super().basic_publish
        message = _shown(body)
        self._step(
            f"publish {_labelled(message, properties)} to {exchange + '/' if exchange else ''}{routing_key}",
            "publish" if self._delivery_confirmation else "send",
            lambda: really(exchange, routing_key, body, properties, mandatory),
            message,
        )

    def tx_commit(self) -> Any:
        """Commit what the channel has published and acknowledged."""
        return self._step("tx.commit", "commit", super().tx_commit)

    # What is consumed.

    def basic_get(self, queue: str, auto_ack: bool = False) -> Any:
        """Get a message; where there is none, that is no step."""
        gate = self._connection.gate_here()
        if gate is None:
            return super().basic_get(queue, auto_ack)
        self._connection.refuse_lost()
        if auto_ack and super().queue_declare(queue, passive=True).method.message_count:
            # Gone from the queue as soon as it is got: that is the step, and not what comes after.
            really = super().basic_get
            return self._step(
                f"get from {queue} (auto_ack)", "deliver", lambda: really(queue, auto_ack), tells=_body_of
            )
        got = super().basic_get(queue, auto_ack)
        method, properties, body = got
        if method is None:
            gate.idle(for_ever=False)
            return got
        assert method.delivery_tag is not None
        if not auto_ack:
            self._held[method.delivery_tag] = ""
        self._hand_over(gate, queue, method, properties, _shown(body))
        return got

    def _basic_consume_impl(self, queue: str, auto_ack: bool, *arguments: Any, **options: Any) -> Any:
        really = super()._basic_consume_impl
        callback: Callable[..., object] | None = options.get("on_message_callback")

        def handing_over(channel: Any, method: Any, properties: Any, body: bytes) -> None:
            gate = self._connection.gate_here()
            if gate is not None:
                self._hand_over(gate, queue, method, properties, _shown(body))
            if callback is not None:
                callback(channel, method, properties, body)

        if callback is not None:
            options["on_message_callback"] = handing_over
        before = set(self._consumer_infos)

        def consume() -> Any:
            try:
                return really(queue, auto_ack, *arguments, **options)
            finally:
                for tag in self._consumer_infos.keys() - before:
                    self._queues[tag] = queue, auto_ack

        return self._step(f"consume {queue}{' (auto_ack)' if auto_ack else ''}", "declare", consume)

    def consume(self, queue: str, *arguments: Any, **options: Any) -> Iterator[Any]:
        """Give the messages of a queue."""
        if self._connection.gate_here() is not None and options.get("inactivity_timeout") is not None:
            options["inactivity_timeout"] = 0  # no time passes
        for method, properties, body in super().consume(queue, *arguments, **options):
            gate = self._connection.gate_here()
            if method is not None and gate is not None:
                self._hand_over(gate, queue, method, properties, _shown(body))
            yield method, properties, body

    def _on_consumer_message_delivery(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        _, auto_ack = self._queues.get(method.consumer_tag, ("", self._consumer_infos[method.consumer_tag].auto_ack))
        if not auto_ack:
            self._held[method.delivery_tag] = method.consumer_tag
        super()._on_consumer_message_delivery(channel, method, properties, body)

    def basic_ack(self, delivery_tag: int = 0, multiple: bool = False) -> None:
        """Acknowledge."""
        really = super().basic_ack
        self._settle("ack", delivery_tag, lambda: really(delivery_tag, multiple), multiple=multiple)

    def basic_nack(self, delivery_tag: int = 0, multiple: bool = False, requeue: bool = True) -> None:
        """Reject, one or many."""
        really = super().basic_nack
        text = "nack, requeue" if requeue else "nack"
        self._settle(text, delivery_tag, lambda: really(delivery_tag, multiple, requeue), multiple=multiple)

    def basic_reject(self, delivery_tag: int = 0, requeue: bool = True) -> None:
        """Reject."""
        really = super().basic_reject
        text = "reject, requeue" if requeue else "reject"
        self._settle(text, delivery_tag, lambda: really(delivery_tag, requeue), multiple=False)

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, global_qos: bool = False) -> None:
        """Limit what is held: nobody else notices, so it is no step."""
        self._prefetch = prefetch_count
        super().basic_qos(prefetch_size, prefetch_count, global_qos)

    # What is set up.

    def queue_declare(self, queue: str, *arguments: Any, **options: Any) -> Any:
        """Declare a queue."""
        really = super().queue_declare
        return self._step(f"declare queue {queue}", "declare", lambda: really(queue, *arguments, **options))

    def queue_bind(self, queue: str, exchange: str, *arguments: Any, **options: Any) -> Any:
        """Bind a queue."""
        really = super().queue_bind
        return self._step(
            f"bind {queue} to {exchange}", "declare", lambda: really(queue, exchange, *arguments, **options)
        )

    def queue_purge(self, queue: str) -> Any:
        """Empty a queue."""
        really = super().queue_purge
        return self._step(f"purge {queue}", "declare", lambda: really(queue))

    def queue_delete(self, queue: str, *arguments: Any, **options: Any) -> Any:
        """Delete a queue."""
        really = super().queue_delete
        return self._step(f"delete queue {queue}", "declare", lambda: really(queue, *arguments, **options))

    def exchange_declare(self, exchange: str, *arguments: Any, **options: Any) -> Any:
        """Declare an exchange."""
        really = super().exchange_declare
        return self._step(f"declare exchange {exchange}", "declare", lambda: really(exchange, *arguments, **options))

    def settled(self) -> bool:
        """Return whether something has come for the program, once all has come that the broker has for it now."""
        deadline = time.monotonic() + _PATIENCE
        while not self._has_events():
            queues = {queue: tag for tag, (queue, _) in self._queues.items() if tag in self._consumer_infos}
            hungry = [queue for queue, tag in queues.items() if not self._holds_all_it_may(tag)]
            # Twice: what one queue has let go of may be in another by now, dead-lettered.
            if not any([self._has_more(queue) for _ in (1, 2) for queue in hungry]) and not self._has_events():  # noqa: C419 - each is asked
                return False
            if time.monotonic() > deadline:
                raise CouldNotJudge("RabbitMQ has messages for a consumer and does not deliver them", "run it again")
            time.sleep(_LOOK_EVERY)
        return True

    def _has_events(self) -> bool:
        generator = self._queue_consumer_generator
        return bool(self._pending_events or (generator is not None and generator.pending_events))

    def _holds_all_it_may(self, tag: str) -> bool:
        _, auto_ack = self._queues[tag]
        held = sum(holder == tag for holder in self._held.values())
        return not auto_ack and 0 < self._prefetch <= held

    def _has_more(self, queue: str) -> bool:
        """Return whether messages wait in a queue, for a consumer that may have more.

        All that the queue has given this channel before has come by then.
        """
        if super().queue_declare(queue, passive=True).method.message_count:
            return True
        # A quorum queue tells its length while it is still at what it was told before, a nack for example. It comes to
        # this question only after that; and it answers that it is empty, as whatever comes is the consumer's.
        method, _, _ = super().basic_get(queue)
        if method is not None:
            super().basic_nack(method.delivery_tag)
        return method is not None

    def _hand_over(self, gate: Gate, queue: str, method: Any, properties: Any, message: str) -> None:
        label = _labelled(message, properties)
        self._bodies[method.delivery_tag] = message, label
        again = " again" if method.redelivered else ""
        ruling = gate.ask(Step(f"{queue} delivers {label}{again}", None, "rabbitmq", "deliver", message))
        if ruling:
            self._connection.lose()
            gate.tell(Result(_LOST, error="StreamLostError"))
            raise StreamLostError(_LOST)
        gate.tell(Result(""))

    def _settle(self, verb: str, tag: int, run: Callable[[], None], *, multiple: bool) -> None:
        tags = [held for held in self._held if (multiple and (held <= tag or tag == 0)) or held == tag]
        # What is only held here, and was never seen by the program, is named by its number.
        told = [self._bodies.get(held, ("", f"delivery {held}")) for held in tags] or [("", f"delivery {tag}")]
        self._step(f"{verb} {', '.join(label for _, label in told)}", "settle", run, told[-1][0])
        for held in tags:
            self._held.pop(held, None)

    def _step(
        self,
        text: str,
        kind: Kind,
        run: Callable[[], _Value],
        message: str = "",
        *,
        tells: Callable[[Any], str] = _nothing,
    ) -> _Value:
        gate = self._connection.gate_here()
        if gate is None or self._inside:
            return run()
        self._connection.refuse_lost()
        ruling = gate.ask(Step(text, None, "rabbitmq", kind, message))
        if ruling == "lost":
            self._connection.lose()
            self._connection.lost = True
            gate.tell(Result(""))
            return None  # type: ignore[return-value] # what is lost on the way returns nothing in any case
        self._inside = True
        try:
            value = run() if ruling != "fails" else None
            if kind in {"send", "settle"}:
                self.flow(active=True)  # a round trip: it has arrived
            if ruling:
                self._connection.lose()
                raise StreamLostError(_LOST)
        except AMQPError as error:
            gate.tell(Result(str(error), error=type(error).__name__))
            raise
        finally:
            self._inside = False
        gate.tell(Result("confirmed" if kind == "publish" else tells(value)))
        return value  # type: ignore[return-value] # it was run


def _body_of(got: Any) -> str:
    _, properties, body = got
    return _labelled(_shown(body), properties)


def _labelled(message: str, properties: Any) -> str:
    """Return a body with the message's own name, where it has one: bodies may be alike."""
    name = getattr(properties, "message_id", None)
    return f"{message} ({name})" if name else message


def _shown(body: Any) -> str:
    """Return the body of a message as one would say it."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
