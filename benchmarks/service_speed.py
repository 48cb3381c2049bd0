"""What the services cost: one table, measured in one run on one machine.

    python benchmarks/service_speed.py [--services embedded docker] [--rounds 5] [SERVICE...]

cold       seconds from asking for a server to having one, with none running; programs, images and caches are there
plain      docker only: the plain testcontainers module started the usual way, on the same image, in the same round
warm       milliseconds to take over the server that runs
namespace  milliseconds for a fresh database, numbered database, vhost or space, and for giving it back; Postgres'
           with a table in it and a connection to it
peer       milliseconds for the same by pytest-postgresql, on the same server: what its fixture does for each test
a module   docker only: milliseconds a test that a container for each module costs, if it has ten tests: the plain
           module's start and stop, divided by ten
memory     embedded only: megabytes of all its processes, shared pages counted once (PSS; RSS where there is none)

Medians of so many rounds. Below the table: the memory of all four embedded servers, warm at the same time, with their
keepers; the sum of the resident sizes (RSS) counts what they share as often as it is shared, and other people's Java
on this machine doesn't lower it. A home of its own is used: servers that are kept warm for you are left alone.

The peer is no dependency of the suite: pip install --target PEERS --no-deps pytest-postgresql port-for mirakuru, and
PYTHONPATH=PEERS for this script. Where it isn't installed, its column says so.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from harness.errors import CouldNotJudge
from harness.services import SERVICES, docker_engine, images, orphans, provide, running_servers, stop_all
from harness.services.postgres import settings

SCHEMA = "CREATE TABLE payment (id integer PRIMARY KEY, amount numeric NOT NULL);"
TESTS_A_MODULE = 10
NAMESPACES_A_ROUND = 5
GOAL_MEGABYTES = 700


def fresh_database(server: Any) -> None:
    """Have a database with a table in it, as a test does that writes."""
    database = server.fresh(SCHEMA)
    with contextlib.closing(database.connect()) as connection:
        connection.execute("SELECT FROM payment")
    database.drop()


# How each server hands out a fresh namespace, and takes it back.
NAMESPACES: dict[str, Callable[[Any], None]] = {
    "postgres": fresh_database,
    "redis": lambda server: server.database().drop(),
    "rabbitmq": lambda server: server.vhost().drop(),
    "kafka": lambda server: server.space().drop(),
}


@dataclass
class Figures:
    """What was measured of one service on one provider, over all rounds; seconds, and megabytes."""

    cold: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    namespace: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    module: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        """Return the medians as the table shows them."""
        thousand = 1000.0
        columns = (
            (self.cold, 1.0, ".2f"),
            (self.plain, 1.0, ".2f"),
            (self.warm, thousand, ".0f"),
            (self.namespace, thousand, ".1f"),
            (self.peer, thousand, ".1f"),
            (self.module, thousand / TESTS_A_MODULE, ".0f"),
            (self.memory, 1.0, ".0f"),
        )
        return [format(statistics.median(values) * factor, form) if values else "" for values, factor, form in columns]


def peers_databases(server: Any) -> Callable[[], None] | None:
    """Return what pytest-postgresql's fixture does for each test, on this server; None where it isn't installed."""
    try:
        from pytest_postgresql.janitor import DatabaseJanitor  # a peer, and no dependency: see above
    except ImportError:
        return None
    import psycopg

    state = server._state  # noqa: SLF001 - the peer needs the superuser, whom labs never get
    user, password = settings.SUPERUSER, state.passwords[settings.SUPERUSER]
    access: dict[str, Any] = {"user": user, "password": password, "host": state.host, "port": state.port}
    template = DatabaseJanitor(dbname="peer_template", as_template=True, **access)
    template.drop()
    template.init()
    with psycopg.connect(dbname="peer_template", **access) as connection:
        connection.execute(SCHEMA)

    def one_test() -> None:
        with (
            DatabaseJanitor(dbname="peer", template_dbname="peer_template", **access),
            contextlib.closing(psycopg.connect(dbname="peer", **access)) as connection,
        ):
            connection.execute("SELECT FROM payment")

    return one_test


def plain(service: str, image: str) -> Any:
    """Return the plain module's container, or nothing where it can't use such an image (Kafka's module)."""
    if service == "postgres":
        from testcontainers.community.postgres import PostgresContainer

        return PostgresContainer(image, driver=None)
    if service == "redis":
        from testcontainers.community.redis import RedisContainer

        return RedisContainer(image)
    if service == "rabbitmq":
        from testcontainers.community.rabbitmq import RabbitMqContainer

        return RabbitMqContainer(image)
    return None


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many seconds the work took, and what it gave."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def megabytes(processes: Iterable[int]) -> float:
    """Return the memory of all these processes."""
    total = 0
    for number in processes:
        with contextlib.suppress(psutil.Error):
            memory = psutil.Process(number).memory_full_info()
            total += getattr(memory, "pss", memory.rss)
    return total / 2**20


def measure(service: str, provider: Any, rounds: int) -> Figures:
    """Return the figures for one service on one provider."""
    figures = Figures()
    for _ in range(rounds):
        stop_all()
        seconds, server = timed(lambda: provide(SERVICES[service], provider, say=lambda _: None))
        figures.cold.append(seconds)
        server.close()
        seconds, server = timed(lambda: provide(SERVICES[service], provider, say=lambda _: None))
        figures.warm.append(seconds)
        measure_namespaces(service, server, figures)
        (state,) = [state for state in running_servers() if state.service == service]
        if state.data:
            figures.memory.append(megabytes(orphans.processes_in(Path(state.data))))
        server.close()
        if state.image and (container := plain(service, state.image)):
            start, _ = timed(container.start)
            stop, _ = timed(container.stop)
            figures.plain.append(start)
            figures.module.append(start + stop)
    stop_all()
    return figures


def measure_namespaces(service: str, server: Any, figures: Figures) -> None:
    """Add what a namespace costs, ours and the peer's in turn; the first of each makes what all share."""
    ours = NAMESPACES[service]
    theirs = peers_databases(server) if service == "postgres" else None
    for number in range(NAMESPACES_A_ROUND + 1):
        seconds, _ = timed(lambda: ours(server))
        if number:
            figures.namespace.append(seconds)
        if theirs is not None:
            seconds, _ = timed(theirs)
            if number:
                figures.peer.append(seconds)


def memory_of_all() -> str:
    """Say what all embedded servers take that are warm at once, each used a little, with their keepers."""
    for name, service in SERVICES.items():
        server = provide(service, "embedded", say=lambda _: None)
        NAMESPACES[name](server)
        server.close()
    processes = {process for state in running_servers() for process in orphans.processes_in(Path(state.data))}
    keepers = {parent.pid for each in processes for parent in psutil.Process(each).parents() if is_keeper(parent)}
    total = megabytes(processes | keepers)
    resident = sum(psutil.Process(each).memory_info().rss for each in processes | keepers) / 2**20
    stop_all()
    return f"{total:.0f} MB (RSS: {resident:.0f} MB; goal: < {GOAL_MEGABYTES} MB)"


def is_keeper(process: psutil.Process) -> bool:
    """Whether a process is the parent of one of our servers."""
    return any(argument.endswith("keeper.py") for argument in process.cmdline())


def main() -> None:
    """Read the command line, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wanted", nargs="*", metavar="SERVICE", help="by default all")
    parser.add_argument("--services", nargs="+", default=["embedded", "docker"], choices=("embedded", "docker"))
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    columns = ("cold, s", "plain, s", "warm, ms", "namespace, ms", "peer, ms", "a module, ms", "memory, MB")
    table = Table("service", "provider", *columns, box=None)
    all_four = ""
    console = Console(width=max(Console().width, 110))  # in a file, too, the table has no broken words
    cache = Path(os.environ.get("LABS_HOME", Path.home() / ".cache" / "backend-labs")) / "cache"
    with tempfile.TemporaryDirectory() as home, contextlib.closing(_pinned_images()):
        os.environ["LABS_HOME"] = home
        if cache.is_dir():  # what was fetched and prepared before is not measured again
            Path(home, "cache").symlink_to(cache)
        for service in chosen.wanted or SERVICES:
            for provider in chosen.services:
                with console.status(f"{service}, {provider} ..."):
                    try:
                        table.add_row(service, provider, *measure(service, provider, chosen.rounds).cells())
                    except CouldNotJudge as problem:
                        table.add_row(service, provider, problem.message)
        if not chosen.wanted and "embedded" in chosen.services:
            try:
                all_four = f"memory of all four warm, embedded: {memory_of_all()}"
            except CouldNotJudge as problem:
                all_four = f"memory of all four warm, embedded: {problem.message}"
        stop_all()
    console.print(table)
    if all_four:
        print(all_four)
    if importlib.util.find_spec("pytest_postgresql") is None:
        print("no figures of the peer: pytest-postgresql isn't installed (this script's first lines say how)")


def _pinned_images() -> Any:
    """Take the images that are here, so that no round tries to pull one; close it to forget them."""
    stack = contextlib.ExitStack()
    if docker_engine.probe().answers:
        with contextlib.closing(docker_engine.client()) as engine:
            here = {tag for image in engine.api.images() for tag in image["RepoTags"] or ()}
        for service in SERVICES:
            pinned = images.Images.of(service)
            found = next((name for name in (pinned.override, pinned.official, pinned.ours) if name in here), "")
            if found:
                os.environ[pinned.variable] = found
                stack.callback(os.environ.pop, pinned.variable, None)
    return stack


if __name__ == "__main__":
    main()
