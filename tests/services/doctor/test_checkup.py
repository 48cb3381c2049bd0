"""What `labs doctor` makes of all checks together."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import subprocess
import sys

import pytest

from harness.services.doctor import checkup, engine, java, machine, packages, resources, servers
from harness.services.doctor.findings import Level

NOWHERE = "unix:///nowhere/docker.sock"


def test_a_machine_that_runs_these_tests_is_told_what_it_can_serve(labs_doctor):
    """Without Docker the embedded server is left; each finding is one line for a log."""
    done = labs_doctor(DOCKER_HOST=NOWHERE)
    lines = done.stdout.splitlines()
    assert f"! Docker             no Docker engine answers at {NOWHERE}" in lines
    assert "  Docker             unset DOCKER_HOST" in lines
    assert "postgres: ready (embedded)" in lines
    assert done.stderr == ""
    assert done.returncode == (69 if "no provider has all it needs" in done.stdout else 0)


def test_json_says_the_same_to_programs(labs_doctor):
    """Level, sentence and command of each finding; a command wherever something isn't well."""
    done = labs_doctor("--json", DOCKER_HOST=NOWHERE)
    said = json.loads(done.stdout)
    assert said["status"] == done.returncode
    assert "postgres" in said["needed"]
    assert said["providers"]["postgres"] == ["embedded"]
    for finding in said["findings"]:
        assert list(finding) == ["about", "level", "sentence", "mend"]
        assert finding["sentence"]
        assert bool(finding["mend"]) == (finding["level"] != "ok"), finding
    assert [finding["mend"] for finding in said["findings"] if finding["about"] == "Docker"] == ["unset DOCKER_HOST"]


def test_a_narrow_terminal_breaks_sentences_and_no_command(tmp_path):
    """A command that was broken into lines can't be pasted."""
    command = machine.look().pip_install("no-such-package>=1.0.0.0.0")
    assert len(command) > 50
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "backend-labs"\nrequires-python = ">=3"\ndependencies = ["no-such-package>=1.0.0.0.0"]\n'
    )
    reading, terminal = os.openpty()
    code = (
        "import sys; from pathlib import Path; from harness import cli; from harness.services.doctor import packages; "
        f"packages._CHECKOUT = Path({str(tmp_path)!r}); sys.argv = ['labs', 'doctor']; cli.main()"
    )
    environment = {**os.environ, "LABS_HOME": str(tmp_path / "home"), "COLUMNS": "50", "TERM": "xterm"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=terminal):
        os.close(terminal)
        said = b""
        with contextlib.suppress(OSError):  # Linux says so where the other end is closed
            while piece := os.read(reading, 4096):
                said += piece
    os.close(reading)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said.decode())
    table, _, mending = plain.partition("to mend it:")
    assert max(map(len, table.splitlines())) <= 50
    assert command in mending


def test_two_looks_find_the_same(home, monkeypatch):
    """But for the figures, nothing depends on the moment."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    # These are the figures: what tests beside this one take and give back may lie on either side of what is needed.
    for name in ("look_at_memory", "look_for_room"):
        monkeypatch.setattr(resources, name, functools.cache(getattr(resources, name)))
    first, second = (
        [(finding.about, finding.level, finding.mend) for finding in checkup.examine().findings] for _ in range(2)
    )
    assert first == second


def test_where_no_provider_can_serve_the_status_is_could_not_judge(labs_doctor):
    """Neither an engine nor room for the embedded server's data."""
    done = labs_doctor(DOCKER_HOST=NOWHERE, LABS_DATA="/proc/nowhere")
    assert done.returncode == 69
    assert "✗ room for data" in done.stdout
    assert "postgres: no provider has all it needs" in done.stdout.splitlines()


def test_with_docker_the_image_that_a_start_would_take_is_named(with_docker, image_here, labs_doctor, monkeypatch):
    """And both providers are ready."""
    monkeypatch.delenv("LABS_POSTGRES_IMAGE", raising=False)
    said = json.loads(labs_doctor("--json").stdout)
    assert said["providers"]["postgres"] == ["docker", "embedded"]
    (finding,) = [each for each in said["findings"] if each["about"] == "image postgres"]
    assert finding["level"] == "ok"
    assert finding["sentence"].startswith(f"{image_here} is here")


CHECKS = [
    *((module, "look") for module in (machine, packages, engine, java, servers)),
    *((resources, name) for name in ("look_at_memory", "look_for_room", "look_at_loopback")),
    (checkup, "pinned_images"),
]


@pytest.mark.parametrize(("module", "name"), CHECKS, ids=lambda value: getattr(value, "__name__", value))
def test_a_check_that_breaks_says_so_and_spoils_no_other(home, monkeypatch, module, name):
    """Its own line says what happened to it."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    whole = {finding.about for finding in checkup.examine().findings}

    def breaks(*_):
        raise RuntimeError("the moon is full")

    monkeypatch.setattr(module, name, breaks)
    found = checkup.examine().findings
    broken = [finding for finding in found if "the moon is full" in finding.sentence]
    assert broken
    for finding in broken:
        assert finding.level is Level.WARNING
        assert finding.sentence == "this could not be looked at (RuntimeError: the moon is full)"
    assert whole - {"Python"} <= {finding.about for finding in found}


def test_a_check_that_breaks_never_makes_a_provider_ready(home, monkeypatch):
    """What could not be looked at is not taken for well."""

    def breaks(*_):
        raise OSError("no such device")

    monkeypatch.setattr(resources, "look_at_loopback", breaks)
    assert set(checkup.examine().providers.values()) == {()}


def test_without_a_home_folder_nothing_can_be_served(with_docker, labs_doctor):
    """Also a container's state has to be written somewhere."""
    done = labs_doctor(LABS_HOME="/proc/nowhere")
    assert done.returncode == 69
    assert "✗ cache              the folder /proc/nowhere can't be made" in done.stdout
    assert "postgres: no provider has all it needs" in done.stdout
