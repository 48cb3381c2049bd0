"""A run that starts a server, uses it and stops it, and dies in the middle.

    python killed_run.py SERVICE PROVIDER PHASE CALL SIGNAL

It sends itself the signal when it has made so many function calls in the phase, Python's own and C's: so the moment is
anywhere in the code, and the same again with the same arguments, but for how often it had to look whether a server is
ready. Where the phase ends before, that is the moment. Prints each phase as it begins.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

# What the harness imports late is imported before anything is counted: most of the calls would be the import's.
# ruff: noqa: F401
import confluent_kafka.admin
import docker.errors
import pika
import psycopg
import redis
import testcontainers.core.container
import testcontainers.core.docker_client

from harness.services import SERVICES, provide, stop_all

SCHEMA = "CREATE TABLE payment (id integer PRIMARY KEY);"


def use_postgres(server: Any) -> None:
    database = server.fresh(SCHEMA)
    with database.connect() as connection:
        connection.execute("INSERT INTO payment VALUES (1)")
    database.drop()


def use_redis(server: Any) -> None:
    database = server.database()
    database.client().set("a", 1)
    database.drop()


def use_rabbitmq(server: Any) -> None:
    vhost = server.vhost()
    channel = vhost.connect().channel()
    channel.queue_declare("orders", durable=True)
    channel.basic_publish("", "orders", b"x")
    vhost.drop()


def use_kafka(server: Any) -> None:
    space = server.space()
    topic = space.topic("orders")
    producer = space.producer()
    producer.produce(topic, b"x")
    producer.flush(20)
    consumer = space.consumer("readers")
    consumer.subscribe([topic])
    consumer.poll(0.5)
    space.drop()


USE: dict[str, Callable[[Any], None]] = {
    "postgres": use_postgres,
    "redis": use_redis,
    "rabbitmq": use_rabbitmq,
    "kafka": use_kafka,
}


class Death:
    """The end of this process, in the phase and at the call that were chosen for it."""

    def __init__(self, phase: str, call: int, number: signal.Signals) -> None:
        self.phase = phase
        self.calls_left = call
        self.number = number

    def in_phase(self, phase: str, work: Callable[[], Any]) -> Any:
        """Do the work, and die in it if this is the phase."""
        print(phase, flush=True)
        if phase != self.phase:
            return work()
        sys.setprofile(self._count)
        result = work()
        sys.setprofile(None)
        self._die()
        return result

    def _count(self, _: FrameType, event: str, __: object) -> None:
        if event in {"call", "c_call"}:
            self.calls_left -= 1
            if not self.calls_left:
                sys.setprofile(None)
                self._die()

    def _die(self) -> None:
        os.kill(os.getpid(), self.number)


def main(service: str, provider: Any, death: Death) -> None:
    server = death.in_phase("start", lambda: provide(SERVICES[service], provider, say=lambda _: None))
    death.in_phase("use", lambda: USE[service](server))
    death.in_phase("stop", lambda: (server.close(), stop_all()))


if __name__ == "__main__":
    # A shell starts what it sends into the background with SIGINT ignored, nohup with SIGHUP; children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    chosen, on, phase, call, number = sys.argv[1:]
    main(chosen, on, Death(phase, int(call), signal.Signals[number]))
