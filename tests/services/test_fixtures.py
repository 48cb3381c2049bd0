"""The plugin's fixtures: each test gets a namespace of its own, in one process or in several."""

# ruff: noqa: ARG001 - a home is asked for what it does, not for what it gives

import os
import subprocess
import sys

import pytest
from homes import need, on_one_provider

REDIS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_own(redis, number):
    client = redis.client()
    assert client.dbsize() == 0
    client.set("key", number)
    assert client.get("key") == str(number)

def test_several(redis_server, redis):
    other = redis_server.database()
    redis.client().set("a", 1)
    assert other.client().dbsize() == 0
    other.drop()
"""

RABBITMQ = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_own(rabbitmq, number):
    with rabbitmq.connect() as connection:
        channel = connection.channel()
        assert channel.queue_declare("orders").method.message_count == 0
        channel.basic_publish("", "orders", str(number).encode())

def test_several(rabbitmq_server, rabbitmq):
    with rabbitmq_server.vhost() as other, rabbitmq.connect() as connection:
        connection.channel().queue_declare("orders")
        assert other.management.queues() == []
"""

KAFKA = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_own(kafka, number):
    topic = kafka.topic("orders")
    producer = kafka.producer()
    producer.produce(topic, str(number))
    assert producer.flush(60) == 0
    consumer = kafka.consumer("readers")
    consumer.subscribe([topic])
    (message,) = consumer.consume(1, timeout=60)
    assert message.value() == str(number).encode()

def test_several(kafka_server, kafka):
    with kafka_server.space() as other:
        assert other.topic("orders") != kafka.topic("orders")
"""

OWN = """
def test_one_may_be_hurt(own_server, redis):
    own, other = own_server("redis"), own_server("redis")
    redis.client().set("a", "shared")
    kept = own.server.database().client()
    assert kept.ping()
    own.kill()
    assert own.trouble() is None
    assert other.server.database().client().ping()
    own.start()
    assert own.server.database().client().get("a") is None
    assert redis.client().get("a") == "shared"

def test_the_one_before_is_gone():
    from harness.services import running_servers
    assert len(running_servers()) == 1

def test_a_service_that_is_none_is_said(own_server):
    own_server("mysql")
"""

TESTS = {"redis": REDIS, "rabbitmq": RABBITMQ, "kafka": KAFKA}


# Two workers run seven tests: several one after the other, and two side by side.
@pytest.mark.parametrize(("service", "provider"), [*((service, "embedded") for service in TESTS), ("redis", "docker")])
def test_each_test_has_a_namespace_of_its_own(shared_home, tmp_path, service, provider):
    """What one test leaves, none finds, whether they run one after the other or side by side."""
    need(provider, service)
    (tmp_path / f"test_fixture_{service}.py").write_text(TESTS[service])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--services", provider, "-p", "no:cacheprovider", "-n", "2", "."],
        cwd=tmp_path,
        env={**os.environ, **shared_home.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


@on_one_provider
def test_a_test_may_have_servers_of_its_own(own_home, tmp_path, provider):
    """They are hurt and start again, harm no other, and go with their test; what there is no service for is said."""
    need(provider, "redis")
    (tmp_path / "test_fixture_own.py").write_text(OWN)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--services", provider, "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 2 passed" in done.stdout, done.stdout
    assert "own_server('mysql'): there is no such service; there are postgres, redis" in done.stdout


def test_labs_up_starts_what_it_is_asked_for(own_home):
    """`labs up redis` leaves a warm Redis behind; a second one finds it; another name is a usage error."""
    up = "from harness.cli import main; import sys; sys.argv = ['labs', 'up', *sys.argv[1:]]; main()"

    def labs_up(*arguments):
        return subprocess.run(
            [sys.executable, "-c", up, *arguments], capture_output=True, text=True, check=False, env=dict(os.environ)
        )

    first = labs_up("redis", "--services", "embedded")
    assert first.returncode == 0, first.stderr
    assert "starting Redis" in first.stdout
    again = labs_up("redis", "--services", "embedded")
    assert "starting" not in again.stdout
    assert "redis: 9." in again.stdout
    wrong = labs_up("mysql")
    assert wrong.returncode == 4
    assert 'no service called "mysql"' in wrong.stderr
