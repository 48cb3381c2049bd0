"""Servers for programs that die, and answers to a lab with one task."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property

import pytest
from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition
from homes import need

from harness.answers import Answers, AnswerSet, ChosenTransport
from harness.catalogue import load_lab
from harness.errors import ServiceUnavailable
from harness.services import SERVICES, provide

LAB = """
id = "acts"
title = "Acts"
branch = "data"
services = ["postgres", "rabbitmq", "kafka", "redis"]
minutes = 10
[[tasks]]
name = "act"
file = "1_act.py"
sentence = "Act."
hints = ["Look."]
"""
SCHEMA = """
CREATE TABLE outbox (id int PRIMARY KEY, body text NOT NULL, sent boolean NOT NULL DEFAULT false);
CREATE TABLE seen (body text NOT NULL);
CREATE TABLE done (body text PRIMARY KEY);
"""


class Servers:
    """The warm servers of one provider, each started when it is first asked for."""

    def __init__(self, provider, home):
        self.provider, self._home = provider, home
        self.started = {}

    def get(self, name):
        if name not in self.started:
            need(self.provider, name)
            with self._home.entered():
                try:
                    self.started[name] = provide(SERVICES[name], self.provider, say=lambda _: None)
                except ServiceUnavailable as error:
                    (pytest.fail if os.environ.get("LABS_REQUIRE_ALL") else pytest.skip)(error.message)
        return self.started[name]


@pytest.fixture(scope="session", params=["embedded"])
def servers(request, shared_home):
    """The servers of one provider: `on_both_providers` marks those tests for which it matters which."""
    need(request.param)
    ours = Servers(request.param, shared_home)
    yield ours
    for server in ours.started.values():
        server.close()


@dataclass
class Hub:
    """What one test has of the servers, each part made when it is first asked for."""

    servers: Servers
    _readers: dict = field(default_factory=dict)
    _read: dict = field(default_factory=dict)

    @cached_property
    def database(self):
        return self.servers.get("postgres").fresh(SCHEMA)

    @cached_property
    def vhost(self):
        return self.servers.get("rabbitmq").vhost()

    @cached_property
    def kafka(self):
        return self.servers.get("kafka").space()

    @cached_property
    def redis(self):
        return self.servers.get("redis").database()

    @cached_property
    def _connection(self):
        return self.database.connect()

    @cached_property
    def channel(self):
        return self.vhost.connect().channel()

    def fill(self, *bodies):
        """Begin with nothing but these in the outbox and in the queue."""
        self._connection.execute("TRUNCATE outbox, seen, done")
        for number, body in enumerate(bodies):
            self._connection.execute("INSERT INTO outbox VALUES (%s, %s)", (number, body))
        if "vhost" in self.__dict__:
            self.channel.queue_delete("packed")
            self.channel.queue_declare("packed", durable=True)
            self.channel.confirm_delivery()

    def fill_queue(self, *bodies):
        """Begin with nothing but these in the queue."""
        self.fill()
        for body in bodies:
            self.channel.basic_publish("", "packed", body.encode())

    def seen(self):
        """Return what has been counted in the database."""
        return {"seen": [body for (body,) in self._connection.execute("SELECT body FROM seen").fetchall()]}

    def published(self):
        """Return what is in the queue, and take it out."""
        found = []
        while (got := self.channel.basic_get("packed", auto_ack=True))[0] is not None:
            found.append(got[2].decode())
        return {"published": found}

    def read(self, topic):
        """Return what has come to a topic since it was last read."""
        if topic not in self._readers:
            options = {"enable_auto_commit": False, "enable_partition_eof": True, "fetch_wait_max_ms": 5}
            self._readers[topic] = self.kafka.consumer("observer", **options)
        consumer, found = self._readers[topic], []
        consumer.assign([TopicPartition(topic, 0, self._read.get(topic, OFFSET_BEGINNING))])
        (end,) = self.kafka.ends(topic)
        while True:
            message = consumer.poll(1.0)
            if message is not None and message.error() is None:
                found.append(message.value().decode())
            elif message is not None and message.error().code() == KafkaError._PARTITION_EOF:
                self._read[topic] = message.offset()
                # Kafka marks a transaction's messages a moment after it has said that it's committed; until then
                # what can be read ends before them.
                if message.offset() >= end:
                    return found

    def close(self):
        made = self.__dict__
        for name in ("_connection", "channel"):
            if name in made:
                (made[name].connection if name == "channel" else made[name]).close()
        for name in ("database", "vhost", "kafka", "redis"):
            if name in made:
                made[name].drop()


@pytest.fixture
def hub(servers):
    """Empty parts of the servers."""
    made = Hub(servers)
    yield made
    made.close()


@pytest.fixture(scope="session")
def transports():
    """Both ways to a learner's code; what is started for them is kept for all tests here."""
    both = {where: ChosenTransport(where) for where in ("here", "worker")}
    yield both
    for transport in both.values():
        transport.close()


@pytest.fixture
def act(tmp_path, transports):
    """Return a function: what was written, as the answer `act`, here or in workers."""
    folder = tmp_path / "labs" / "93_acts"
    (folder / "exercise").mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    lab = load_lab(folder)

    def write(text, where="here"):
        (lab.exercise / "1_act.py").write_text(text)
        return Answers(lab, AnswerSet("exercise", (lab.exercise,)), transports[where]).act

    return write
