"""The pytest plugin: options, the fixtures that a lab's tests use, and verdicts in place of stack traces.

The only room that imports pytest. It acts on tests below a folder that holds a `lab.toml`, and on no others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import pytest

from harness.answers import HERE, TRANSPORTS, Answers, ChosenTransport
from harness.plugin.items import DEFAULT_SEED, LAB
from harness.plugin.run import LabRun
from harness.services import Database, PostgresServer

if TYPE_CHECKING:  # a lab without them has no use for their rooms
    from harness.explorers.upstream import ScriptedUpstream
    from harness.plugin.crashing import Crash
    from harness.plugin.exploring import Interleave
    from harness.plugin.leased import StartOwn
    from harness.plugin.storytelling import Stories
    from harness.services.kafka.server import KafkaServer
    from harness.services.kafka.space import KafkaSpace
    from harness.services.rabbitmq.server import RabbitServer
    from harness.services.rabbitmq.vhost import Vhost
    from harness.services.redis.server import RedisDatabase, RedisServer

PROVIDERS = ("auto", "docker", "embedded")
RUN = pytest.StashKey[LabRun]()


class _Namespace(Protocol):
    def drop(self) -> None: ...


_Fresh = TypeVar("_Fresh", bound=_Namespace)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say which answers, which provider, which data."""
    group = parser.getgroup("labs", "backend labs")
    group.addoption(
        "--answers",
        default="exercise",
        metavar="WHICH",
        help="the answers under test: exercise (default), solutions, mistake:NAME, variant:NAME, or a folder",
    )
    group.addoption(
        "--services",
        default=os.environ.get("LABS_SERVICES", "auto"),
        metavar="PROVIDER",
        help="auto (default: Docker where an engine answers), docker or embedded; also LABS_SERVICES",
    )
    group.addoption(
        "--seed",
        type=int,
        default=DEFAULT_SEED,
        help=f"what the data is generated from (default: {DEFAULT_SEED})",
    )
    group.addoption(
        "--answers-in",
        default=os.environ.get("LABS_ANSWERS_IN", HERE),
        metavar="WHERE",
        help=f"where answers in Python run: {' or '.join(TRANSPORTS)} (default: {HERE}); also LABS_ANSWERS_IN",
    )
    group.addoption(
        "--replay",
        default="",
        metavar="ORDER",
        help="run one order of concurrent calls, or one crash, step by step: the token of a failure, as ABBA or 3a",
    )
    group.addoption("--labs-results", metavar="FILE", help="write each verdict to this file, as lines of JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that mean nothing before any test runs."""
    provider = config.getoption("--services")
    if provider not in PROVIDERS:
        raise pytest.UsageError(f'--services (or LABS_SERVICES) is {", ".join(PROVIDERS)}, not "{provider}"')
    where = config.getoption("--answers-in")
    if where not in TRANSPORTS:
        raise pytest.UsageError(f'--answers-in (or LABS_ANSWERS_IN) is {" or ".join(TRANSPORTS)}, not "{where}"')
    results = config.getoption("--labs-results")
    if results and not Path(results).parent.is_dir():
        raise pytest.UsageError(f"--labs-results: there is no folder {Path(results).parent}")
    run = LabRun(config)
    config.stash[RUN] = run
    config.pluginmanager.register(run, "labs-run")


@pytest.fixture(scope="session")
def answers_in(request: pytest.FixtureRequest) -> Iterator[ChosenTransport]:
    """Where answers in Python run: `--answers-in`. What is started for it is kept for the whole run."""
    transport = ChosenTransport(request.config.getoption("--answers-in"))
    yield transport
    transport.close()


@pytest.fixture
def answers(request: pytest.FixtureRequest, answers_in: ChosenTransport) -> Answers:
    """The answers under test: `answers.running_total(database)` runs that task's query there."""
    lab_item = request.node.stash[LAB]
    return Answers(lab_item.lab, lab_item.answers, answers_in)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What the data is generated from: `--seed`."""
    return cast("int", request.config.getoption("--seed"))


@pytest.fixture
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """A real Postgres: `postgres_server.dataset(...)` gives a database that holds exactly that data."""
    return request.config.stash[RUN].servers.postgres()


@pytest.fixture
def postgres(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of this test's own, with the lab's tables and no rows, dropped when the test has passed."""
    schema = request.node.stash[LAB].lab.schema.read_text(encoding="utf-8")
    database = postgres_server.fresh(schema)
    yield database
    if not request.config.stash[RUN].servers.is_lost("postgres"):
        database.let_go()


@pytest.fixture
def interleave(request: pytest.FixtureRequest, postgres: Database) -> Iterator[Interleave]:
    """The explorer at work on this test's own database; see `harness.plugin.exploring.Interleave`."""
    yield from _interleaving_on(postgres, request)


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[ScriptedUpstream]:
    """A real HTTP server on loopback, for the whole run."""
    from harness.explorers.upstream import ScriptedUpstream  # late: a lab without an upstream has no use for it

    with ScriptedUpstream() as server:
        yield server


@pytest.fixture
def upstream(upstream_server: ScriptedUpstream) -> ScriptedUpstream:
    """The upstream with nothing to say yet: `upstream.script([Answer(500)])` gives it a life."""
    upstream_server.script([])
    return upstream_server


@pytest.fixture
def stories(seed: int) -> Stories:
    """Plays answers through stories on a virtual clock; see `harness.plugin.storytelling.Stories`."""
    from harness.plugin.storytelling import Stories  # late, as above

    return Stories(seed)


@pytest.fixture
def interleave_on_redis(request: pytest.FixtureRequest, redis: RedisDatabase) -> Iterator[Interleave]:
    """The explorer at work on this test's own Redis database."""
    yield from _interleaving_on(redis, request)


@pytest.fixture
def crash(request: pytest.FixtureRequest) -> Crash:
    """The explorer of crashes; see `harness.plugin.crashing.Crash`."""
    from harness.plugin.crashing import Crash  # late: a lab without it has no use for the explorer

    return Crash(request.config.getoption("--replay"), request.config.stash[RUN].say)


@pytest.fixture
def redis_server(request: pytest.FixtureRequest) -> RedisServer:
    """A real Redis: `redis_server.database()` gives an empty numbered database, for a test that needs several."""
    return cast("RedisServer", request.config.stash[RUN].servers.get("redis"))


@pytest.fixture
def redis(request: pytest.FixtureRequest, redis_server: RedisServer) -> Iterator[RedisDatabase]:
    """A Redis database of this test's own, empty: `redis.client()` connects to it."""
    yield from _until_its_end(request, "redis", redis_server.database())


@pytest.fixture
def rabbitmq_server(request: pytest.FixtureRequest) -> RabbitServer:
    """A real RabbitMQ: `rabbitmq_server.vhost()` gives an empty vhost, for a test that needs several."""
    return cast("RabbitServer", request.config.stash[RUN].servers.get("rabbitmq"))


@pytest.fixture
def rabbitmq(request: pytest.FixtureRequest, rabbitmq_server: RabbitServer) -> Iterator[Vhost]:
    """A vhost of this test's own, with a user of its own: `rabbitmq.connect()` connects to it."""
    yield from _until_its_end(request, "rabbitmq", rabbitmq_server.vhost())


@pytest.fixture
def kafka_server(request: pytest.FixtureRequest) -> KafkaServer:
    """A real Kafka: `kafka_server.space()` gives names that nobody else has, for a test that needs several."""
    return cast("KafkaServer", request.config.stash[RUN].servers.get("kafka"))


@pytest.fixture
def kafka(request: pytest.FixtureRequest, kafka_server: KafkaServer) -> Iterator[KafkaSpace]:
    """A space of this test's own: `kafka.topic("orders")` makes a topic in it, and gives its full name."""
    yield from _until_its_end(request, "kafka", kafka_server.space())


@pytest.fixture
def own_server(request: pytest.FixtureRequest) -> Iterator[StartOwn]:
    """Servers for a test that hurts them: `own_server("rabbitmq")` starts one, to be paused, killed, started again.

    Each call starts another; all of them are gone when the test has ended. See `harness.services.own.OwnServer`.
    """
    with request.config.stash[RUN].servers.own() as start:
        yield start


def _interleaving_on(namespace: Database | RedisDatabase, request: pytest.FixtureRequest) -> Iterator[Interleave]:
    """Lend a test the explorer of orders on its own namespace."""
    from harness.plugin.exploring import Interleave  # late: a lab without it has no use for the explorer

    explorer = Interleave(namespace, request.config.getoption("--replay"), request.config.stash[RUN].say)
    yield explorer
    explorer.close()


def _until_its_end(request: pytest.FixtureRequest, service: str, namespace: _Fresh) -> Iterator[_Fresh]:
    """Lend a namespace to a test, and drop it afterwards; one whose server was lost meanwhile has gone with it."""
    yield namespace
    if not request.config.stash[RUN].servers.is_lost(service):
        namespace.drop()
