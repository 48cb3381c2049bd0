"""`labs images`, as it is typed."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness import cli
from harness.services import images, pinned

NOWHERE = "unix:///nowhere/docker.sock"


@pytest.fixture
def labs(monkeypatch, capsys):
    """Run `labs ...` here; what it prints and its exit status."""

    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["labs", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return caught.value.code, printed.out, printed.err

    return run


@pytest.fixture
def pin(tmp_path, monkeypatch):
    """Pin these images, official and ours by service, instead of the suite's own."""

    def write(**sections: tuple[str, str]) -> None:
        listed = tmp_path / "images.toml"
        listed.write_text(
            "".join(
                f'[{service}]\nofficial = "{official}"\nours = "{ours}"\noverride = "LABS_NO_SUCH_VARIABLE"\n'
                for service, (official, ours) in sections.items()
            )
        )
        monkeypatch.setattr(pinned, "_PINNED", listed)
        monkeypatch.setattr(images, "_PINNED", listed)

    return write


@pytest.fixture
def pinned_here(make_image, pin):
    """A list of pinned images of which one service's is here."""
    made = make_image()
    pin(
        redis=(made.official, "backend-labs-tests/nothing:1"),
        kafka=("backend-labs-tests/nothing:2", "backend-labs-tests/nothing:3"),
    )
    return made.official


def test_the_commands_save_and_load_what_embedded_servers_need(labs, make_image, pin, fetched_jars, tmp_path):
    """Each thing that is in the file is named."""
    made = make_image("kafka")
    pin(kafka=(made.official, made.ours))
    _, said, _ = labs("images", "save", str(tmp_path / "classroom"))
    assert f"{made.official}, what embedded kafka needs; elsewhere: " in said
    _, said, _ = labs("images", "load", str(tmp_path / "classroom"))
    assert said.endswith("kafka: what the embedded server needs is here\n")


def test_the_commands_save_and_load(labs, pinned_here, client, is_here, tmp_path):
    """What a teacher types, and what a learner types."""
    file = tmp_path / "classroom"
    status, said, _ = labs("images", "save", str(file), "redis")
    assert (status, said.splitlines()[-1]) == (
        0,
        f"{file}: 0 MB with {pinned_here}; elsewhere: labs images load classroom",
    )
    client.images.remove(pinned_here)
    status, said, _ = labs("images", "load", str(file))
    assert (status, said.splitlines()[-1]) == (0, f"redis: {pinned_here} is here")
    assert is_here(pinned_here)


def test_without_names_all_services_are_meant(labs, pinned_here, tmp_path):
    """A file for a classroom must not lack the service of the last lesson."""
    status, _, said = labs("images", "save", str(tmp_path / "classroom"))
    assert status == 69
    assert "there is no image for kafka" in said


def test_pull_tries_all_services_and_names_those_that_lack_an_image(labs, pinned_here):
    """One image that can't be had doesn't keep the others away."""
    assert labs("images", "pull", "redis") == (0, f"redis: {pinned_here} is here\n", "")
    status, said, wrong = labs("images", "pull", "kafka", "redis")
    assert status == 69
    assert "pulling backend-labs-tests/nothing:2 ..." in said
    assert wrong == "labs: no image could be had for kafka\n      labs images build kafka\n"


@pytest.mark.parametrize("command", [["pull"], ["build"], ["save", "file"]])
def test_a_service_that_nobody_knows_is_refused(labs, pinned_here, command):
    """The known ones are named."""
    status, _, said = labs("images", *command, "mongodb")
    assert (status, said) == (4, "labs: no service is called 'mongodb'\n      There are: redis, kafka.\n")


def test_build_runs_the_script_and_is_no_wrong_answer_where_it_fails():
    """Without an engine the script says why, and the status is not that of a wrong answer."""
    environment = {**os.environ, "DOCKER_HOST": NOWHERE}
    done = subprocess.run(
        [sys.executable, "-m", "harness", "images", "build", "postgres"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 69
    # On a machine without Docker not even the command is there.
    assert "not built: no Docker engine answers" in done.stderr or "`docker` is not installed" in done.stderr
