"""A server that is lost in the middle of a run: no verdict, one sentence for each service, and a new one next time."""

# ruff: noqa: ARG001 - a home is asked for what it does, not for what it gives

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from full_disks import empty, needs_root
from homes import need, on_one_provider

from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_RIGHT
from harness.services import SERVICES

ALL = tuple(SERVICES)
HERE = str(Path(__file__).parent)

LAB = """
id = "lost"
title = "Lost servers"
branch = "infrastructure"
services = ["postgres", "redis", "rabbitmq", "kafka"]
minutes = 1
[[tasks]]
name = "serve"
file = "serve.py"
sentence = "Serve."
hints = ["Serve."]
"""

# Each service has a test in which its server goes, if LOSE says so, and one after it. What the tests do afterwards is
# what answers do: they know nothing of harness and raise, or wait, as their client library does. Each writes until it
# meets its loss: on a full disk, too, a page may be free again, of a file that some server has removed meanwhile.
TESTS = """
import os
import subprocess
import time
from pathlib import Path

import pytest
from full_disks import fill

from harness import expect
from harness.services import docker_engine, orphans

def lose(server):
    state = server._state
    if "LOSE" not in os.environ:
        return
    if os.environ["LOSE"] == "fill":
        fill(Path(state.data).parent)
    elif state.container:
        subprocess.run(["docker", *os.environ["LOSE"].split(), state.container], check=True, capture_output=True)
    else:
        orphans.end_processes_in(Path(state.data), at_once=True)

def test_serve_postgres_is_lost(postgres_server, postgres):
    "Postgres goes."
    connection = postgres.connect()
    lose(postgres_server)
    connection.execute("INSERT INTO payment SELECT generate_series(1, 100000)")
    assert connection.execute("SELECT count(*) FROM payment").fetchone() == (100000,)

def test_serve_redis_is_lost(redis_server, redis):
    "Redis goes."
    client = redis.client()
    client.set("a", 1)
    lose(redis_server)
    assert client.get("a") == "1"

def test_serve_rabbitmq_is_lost(rabbitmq_server, rabbitmq):
    "RabbitMQ goes."
    channel = rabbitmq.connect().channel()
    channel.queue_declare("orders")
    lose(rabbitmq_server)
    assert channel.queue_declare("orders", passive=True).method.message_count == 0
    while "LOSE" in os.environ:
        channel.queue_declare(f"orders {time.monotonic()}", durable=True)

def test_serve_kafka_is_lost(kafka_server, kafka):
    "Kafka goes."
    topic = kafka.topic("orders")
    producer = kafka.producer()
    lose(kafka_server)
    producer.produce(topic, b"x")
    while "LOSE" in os.environ:
        producer.produce(topic, bytes(500_000))
        assert producer.flush(1) == 0
    assert producer.flush(60) == 0

def test_serve_own_is_lost(own_server):
    "A server of the test's own goes by itself."
    own = own_server("redis")
    client = own.server.database().client()
    lose(own.server)
    assert client.ping()

def test_serve_own_is_hurt(own_server):
    "A server of the test's own goes because the test wants it so."
    own = own_server("redis")
    own.kill()
    expect("what is found", "right", "wrong", ask="What?")

@pytest.mark.parametrize("service", ["postgres", "redis", "rabbitmq", "kafka"])
def test_serve_afterwards(request, service):
    "The next test has one, too."
    request.getfixturevalue(service)
"""


@pytest.fixture
def run(all_prepared, own_home, tmp_path):
    """Run the lab as a learner would; return the finished process and the verdicts by test."""
    folder = tmp_path / "labs" / "01_lost"
    folder.mkdir(parents=True)
    for name, text in (
        ("lab.toml", LAB),
        ("test_lost.py", TESTS),
        ("schema.sql", "CREATE TABLE payment (id integer);"),
    ):
        (folder / name).write_text(text)
    (folder / "exercise").mkdir()
    (folder / "exercise" / "serve.py").touch()

    def run_it(provider, services, **environment):
        results = tmp_path / "results"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "labs", "-v", "-k", " or ".join(services)),
                *("--services", provider, f"--labs-results={results}"),
            ],
            cwd=tmp_path,
            env={**os.environ, **environment, "PYTEST_ADDOPTS": "-p no:cacheprovider", "PYTHONPATH": HERE},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
        return done, {line["test"].rpartition("::")[2]: line["verdict"] for line in lines}

    return run_it


@pytest.mark.parametrize(
    ("provider", "lose", "services"),
    [("embedded", "kill", ALL), ("docker", "rm --force --volumes", ALL), ("docker", "stop --time 0", ("redis",))],
    ids=["killed", "removed by hand", "stopped with its engine"],
)
def test_a_server_that_is_lost_gives_no_verdict_and_is_replaced(own_home, run, provider, lose, services):
    """The test at hand and those after it can't be judged, in one sentence a service; the next run has new servers."""
    for service in services:
        need(provider, service)
    done, verdicts = run(provider, services, LOSE=lose)
    assert done.returncode == EXIT_COULD_NOT_JUDGE, done.stdout
    assert set(verdicts.values()) == {"could not judge"}, done.stdout
    assert len(verdicts) == 2 * len(services)
    told = re.findall(r"^\? the (\w+) server was lost during the run$", done.stdout, re.MULTILINE)
    assert [title.lower() for title in told] == list(services), done.stdout
    assert not re.search(r"Traceback|Error|\.py:\d", done.stdout), done.stdout
    again, verdicts = run(provider, services)
    assert again.returncode == EXIT_RIGHT, again.stdout
    assert set(verdicts.values()) == {"right"}
    assert len(list(own_home.data.iterdir())) + len(own_home.containers()) == len(services)


@on_one_provider
def test_a_server_of_a_tests_own_that_is_lost_gives_no_verdict(own_home, run, provider):
    """What is found while it is gone by itself is no verdict; what is found while the test has it killed is one."""
    need(provider, "redis")
    done, verdicts = run(provider, ("own",), LOSE="kill")
    assert verdicts == {"test_serve_own_is_lost": "could not judge", "test_serve_own_is_hurt": "wrong"}, done.stdout
    assert re.findall(r"^\? (.*)$", done.stdout, re.MULTILINE) == ["the Redis server was lost during the run"]
    assert own_home.traces() == []


@needs_root
def test_a_disk_that_runs_full_gives_no_verdict(own_home, run, small_disk):
    """What a server can't write is no wrong answer; with room again, the next run has servers that serve."""
    services = ("postgres", "rabbitmq", "kafka")  # Redis has its data in memory, and needs none
    for service in services:
        need("embedded", service)
    place = small_disk(600)
    done, verdicts = run("embedded", services, LOSE="fill", LABS_DATA=str(place))
    assert done.returncode == EXIT_COULD_NOT_JUDGE, done.stdout
    assert set(verdicts.values()) == {"could not judge"}, done.stdout
    told = re.findall(r"^\? the folder for (\w+)'s data ran full$", done.stdout, re.MULTILINE)
    assert told == ["PostgreSQL", "RabbitMQ", "Kafka"], done.stdout
    assert not re.search(r"Traceback|Error|\.py:\d", done.stdout), done.stdout
    empty(place)
    again, verdicts = run("embedded", services, LABS_DATA=str(place))
    assert again.returncode == EXIT_RIGHT, again.stdout
    assert set(verdicts.values()) == {"right"}
