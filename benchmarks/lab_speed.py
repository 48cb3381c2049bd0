"""What a learner waits for, as ratios measured side by side in one run.

    python benchmarks/lab_speed.py warm  [--services embedded|docker] [--pairs 10] [--lab 01]
    python benchmarks/lab_speed.py cold  [--services embedded|docker] [--pairs 5]

warm  `pytest labs/01_window_functions --answers solutions` on a running server, against the floor: pytest and psycopg
      running as many trivial tests (connect, `select 1`) on that same server. Goal: at most 1.5. With `--lab 03`, whose
      tests run hundreds of orders, it is the lab's own seconds that count. Goal: a few.
cold  embedded: seconds from the command to the first test running, server start included. Goal: within 1.5 s.
      docker: the same, against the plain testcontainers module started the usual way. Goal: at most 1.0.

The two commands of a pair run one after the other, so that a ratio holds while the machine's speed drifts; the
median of the pairs' ratios is the figure.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from harness.catalogue import find_lab, project_root
from harness.runs import run_lab
from harness.services import docker_engine, images, start_postgres, stop_all
from harness.services.postgres import settings

ROOT = project_root(Path(__file__))
LAB = "labs/01_window_functions"

FLOOR = """
import psycopg, pytest

@pytest.mark.parametrize("number", range({count}))
def test_trivial(number):
    with psycopg.connect({address!r}) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
"""

PLAIN_TESTCONTAINERS = """
import psycopg, pytest
from testcontainers.community.postgres import PostgresContainer

@pytest.fixture(scope="module")
def url():
    with PostgresContainer({image!r}, driver=None) as container:
        yield container.get_connection_url()

def test_trivial(url):
    with psycopg.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
"""


# Build machines often forbid Python to keep compiled modules, and then what is not a wheel's is compiled at each start:
# our own modules, but none of the floor's. A learner's Python keeps them.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(arguments: list[str], folder: Path, environment: dict[str, str] | None = None) -> float:
    """Run pytest with `arguments` in `folder` and return how long the whole process took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=ENVIRONMENT | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"pytest {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return elapsed


def pairs(count: int, ours: Callable[[], float], other: Callable[[], float], names: tuple[str, str]) -> None:
    """Run both once unmeasured, then in turn; print each pair, then the medians and the median of the ratios."""
    ours(), other()
    ratios, firsts, seconds_ = [], [], []
    for number in range(1, count + 1):
        first, second = ours(), other()
        firsts.append(first)
        seconds_.append(second)
        ratios.append(first / second)
        print(
            f"pair {number:2}  {names[0]} {first:.2f} s   {names[1]} {second:.2f} s   ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(
        f"median   {names[0]} {statistics.median(firsts):.2f} s   {names[1]} {statistics.median(seconds_):.2f} s   "
        f"ratio {statistics.median(ratios):.2f}  (min {min(ratios):.2f}, max {max(ratios):.2f})"
    )


def warm(provider: str, count: int, name: str) -> None:
    """The whole lab on a running server, against the floor."""
    lab = find_lab(ROOT, name)
    server = start_postgres(provider, say=print)
    tests = len(run_lab(lab, ("--answers", "solutions", "--services", provider)).verdicts)
    print(f"{tests} tests each; postgres {server.version}, {server.provider}")
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "test_floor.py").write_text(
            FLOOR.format(count=tests, address=server.address("postgres", settings.SUPERUSER))
        )
        pairs(
            count,
            lambda: seconds([str(lab.folder), "--answers", "solutions", "--services", provider], ROOT),
            # The floor runs without our plugin, as any project's tests would.
            lambda: seconds(["-p", "no:backend_labs", "-c", os.devnull, "."], Path(scratch)),
            ("the lab", "the floor"),
        )


def cold(provider: str, count: int) -> None:
    """The first task's tests with no server running: embedded alone, Docker against the plain module."""

    def ours() -> float:
        stop_all()
        return seconds([LAB, "--answers", "solutions", "--services", provider, "-k", "latest_address_finds"], ROOT)

    if provider == "embedded":
        for number in range(1, count + 1):
            print(
                f"cold {number}: {ours():.2f} s from the command to its end, one test, server start included",
                flush=True,
            )
        return
    with contextlib.closing(docker_engine.client()) as engine:
        image = images.choose(images.Images.of("postgres"), engine, say=print)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "test_plain.py").write_text(PLAIN_TESTCONTAINERS.format(image=image))
        pairs(
            count,
            ours,
            lambda: seconds(
                ["-p", "no:backend_labs", "-c", os.devnull, "."],
                Path(scratch),
                {"TESTCONTAINERS_RYUK_DISABLED": "true"},
            ),
            ("the lab", "plain testcontainers"),
        )
    stop_all()


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("warm", "cold"))
    parser.add_argument("--services", default="embedded", choices=("embedded", "docker"))
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--lab", default="01", help="warm: which lab")
    chosen = parser.parse_args()
    if chosen.what == "warm":
        warm(chosen.services, chosen.pairs, chosen.lab)
    else:
        cold(chosen.services, chosen.pairs)


if __name__ == "__main__":
    main()
