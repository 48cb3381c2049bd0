"""Whatever becomes of a run, and whenever, `labs down` leaves nothing of it.

The moments are random, and always the same: LABS_TEST_SEED chooses others, LABS_TEST_MOMENTS how many for each service
and provider. A failure names its moment as arguments of killed_run.py. The long run, with a line for each moment:

    LABS_TEST_MOMENTS=50 pytest tests/services/test_leaks.py -n 2 -rP
"""

# ruff: noqa: ARG001 - the prepared servers are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from homes import PROVIDERS, Home, need

from harness.services import SERVICES, docker_engine, folders

MOMENTS = int(os.environ.get("LABS_TEST_MOMENTS", "1"))
SEED = int(os.environ.get("LABS_TEST_SEED", "1"))
SIGNALS = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
KILLED_RUN = Path(__file__).with_name("killed_run.py")

# About how many function calls each phase takes, as counted by killed_run.py; a moment beyond is the phase's end. A
# start's are mostly looks whether the server is ready.
CALLS = {
    "start": {
        "embedded": {"postgres": 60_000, "redis": 21_000, "rabbitmq": 230_000, "kafka": 69_000},
        "docker": {"postgres": 170_000, "redis": 76_000, "rabbitmq": 133_000, "kafka": 85_000},
    },
    "use": {provider: {"postgres": 3_900, "redis": 15_000, "rabbitmq": 7_100, "kafka": 600} for provider in PROVIDERS},
    "stop": {provider: dict.fromkeys(SERVICES, 46_000) for provider in PROVIDERS},
}

# What a server's folder keeps when its server is gone: its locks, its last words, and the locks of whoever used it.
KEPT = ("door", "lease", "alive", "server.log", "makers", "database-*")


def moments(service: str, provider: str) -> list[tuple[str, int, str]]:
    """Phases, calls in them, and signals: each signal in turn, and each phase as often."""
    chance = random.Random(f"{SEED} {service} {provider}")  # noqa: S311 - to be drawn again
    first = chance.randrange(len(SIGNALS) * len(CALLS))
    drawn = []
    for number in range(first, first + MOMENTS):
        phase = list(CALLS)[number % len(CALLS)]
        call = chance.randint(1, CALLS[phase][provider][service])
        drawn.append((phase, call, SIGNALS[number % len(SIGNALS)]))
    return drawn


def engine_leftovers(home: Home, since: float) -> list[str]:
    """The volumes and networks of this home's containers that are still there, as the engine's own events name them."""
    if not docker_engine.probe().answers:
        return []
    with contextlib.closing(docker_engine.client()) as client:
        events = list(client.events(since=f"{since:.6f}", until=f"{time.time():.6f}", decode=True))
        ours = {
            event["Actor"]["ID"]
            for event in events
            if event["Type"] == "container"
            and event["Actor"]["Attributes"].get(docker_engine.LABEL_HOME) == folders.mark_of(home.home)
        }
        used = {"volume": {each.name for each in client.volumes.list()}, "network": set()}
        used["network"] = {each.id for each in client.networks.list() if each.name != "bridge"}
        return [
            f"{event['Type']} {event['Actor']['ID']}"
            for event in events
            if event["Type"] in used
            and event["Actor"]["Attributes"].get("container") in ours
            and event["Actor"]["ID"] in used[event["Type"]]
        ]


@pytest.mark.timeout(300 + 60 * MOMENTS)  # the first of a run may have to prepare all services
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_of_a_run_that_was_killed_at_any_moment(all_prepared, own_home, tmp_path, service, provider):
    """One of four signals while it starts, uses or stops a server: then `labs down`, and nothing is left."""
    need(provider, service)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    died = Counter()
    for phase, call, number in moments(service, provider):
        since = time.time()
        arguments = [service, provider, phase, str(call), number]
        run = subprocess.run(
            [sys.executable, KILLED_RUN, *arguments],
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        assert run.stdout.split()[-1:] == [phase], arguments
        assert run.returncode == -signal.Signals[number], arguments
        down = subprocess.run([sys.executable, "-m", "harness", "down"], capture_output=True, text=True, check=False)
        assert down.returncode == 0, (arguments, down.stderr)
        servers = own_home.home / "servers"
        kept = {path for name in KEPT for path in servers.glob(f"*/{name}")}
        left = [
            *own_home.traces(),
            *engine_leftovers(own_home, since),
            *map(str, temporary.iterdir()),
            *(str(path) for path in servers.glob("*/*") if path not in kept),
        ]
        assert left == [], arguments
        died[f"{number} in {phase}"] += 1
        print(f"killed_run.py {' '.join(arguments)}: then labs down ({down.stdout.strip()}), and nothing left")
    print(f"{service}, {provider}, seed {SEED}: {died.total()} moments, nothing left; {dict(sorted(died.items()))}")
