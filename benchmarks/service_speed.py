"""What the services cost: one table, measured in one run on one machine.

    python benchmarks/service_speed.py [--services embedded docker] [--rounds 5] [SERVICE...]

cold       seconds from asking for a server to having one, with none running; programs, images and caches are there
plain      docker only: the plain testcontainers module started the usual way, on the same image, in the same round
warm       milliseconds to take over the server that runs
namespace  milliseconds for a fresh database, numbered database, vhost or space, and for giving it back
memory     embedded only: megabytes of all its processes, shared pages counted once (PSS; RSS where there is none)

Medians of so many rounds. A home of its own is used: servers that are kept warm for you are left alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from harness.errors import CouldNotJudge
from harness.services import SERVICES, docker_engine, images, orphans, provide, running_servers, stop_all

SCHEMA = "CREATE TABLE payment (id integer PRIMARY KEY, amount numeric NOT NULL);"

# How each server hands out a fresh namespace; all of these have `drop()`.
NAMESPACES: dict[str, Callable[[Any], Any]] = {
    "postgres": lambda server: server.fresh(SCHEMA),
    "redis": lambda server: server.database(),
    "rabbitmq": lambda server: server.vhost(),
    "kafka": lambda server: server.space(),
}


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


def megabytes(data: Path) -> float:
    """Return the memory of all processes that work in a data folder."""
    total = 0
    for number in orphans.processes_in(data):
        with contextlib.suppress(psutil.Error):
            memory = psutil.Process(number).memory_full_info()
            total += getattr(memory, "pss", memory.rss)
    return total / 2**20


def measure(service: str, provider: str, rounds: int) -> list[str]:
    """Return the table's line for one service on one provider."""
    cold, warm, namespace, usual, memory = [], [], [], [], 0.0
    for _ in range(rounds):
        stop_all()
        seconds, server = timed(lambda: provide(SERVICES[service], provider, say=lambda _: None))
        cold.append(seconds)
        server.close()
        seconds, server = timed(lambda: provide(SERVICES[service], provider, say=lambda _: None))
        warm.append(seconds * 1000)
        NAMESPACES[service](server).drop()  # the first one makes what all share
        for _ in range(5):
            seconds, _ = timed(lambda: NAMESPACES[service](server).drop())  # noqa: B023 - called at once
            namespace.append(seconds * 1000)
        (state,) = [state for state in running_servers() if state.service == service]
        if state.data:
            memory = megabytes(Path(state.data))
        server.close()
        if state.image and (container := plain(service, state.image)):
            seconds, _ = timed(container.start)
            usual.append(seconds)
            container.stop()
    stop_all()
    return [
        service,
        provider,
        f"{statistics.median(cold):.2f}",
        f"{statistics.median(usual):.2f}" if usual else "",
        f"{statistics.median(warm):.0f}",
        f"{statistics.median(namespace):.1f}",
        f"{memory:.0f}" if memory else "",
    ]


def main() -> None:
    """Read the command line, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wanted", nargs="*", metavar="SERVICE", help="by default all")
    parser.add_argument("--services", nargs="+", default=["embedded", "docker"], choices=("embedded", "docker"))
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    table = Table("service", "provider", "cold, s", "plain, s", "warm, ms", "namespace, ms", "memory, MB", box=None)
    console = Console()
    cache = Path(os.environ.get("LABS_HOME", Path.home() / ".cache" / "backend-labs")) / "cache"
    with tempfile.TemporaryDirectory() as home, contextlib.closing(_pinned_images()):
        os.environ["LABS_HOME"] = home
        if cache.is_dir():  # what was fetched and prepared before is not measured again
            Path(home, "cache").symlink_to(cache)
        for service in chosen.wanted or SERVICES:
            for provider in chosen.services:
                with console.status(f"{service}, {provider} ..."):
                    try:
                        table.add_row(*measure(service, provider, chosen.rounds))
                    except CouldNotJudge as problem:
                        table.add_row(service, provider, problem.message)
        stop_all()
    console.print(table)


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
