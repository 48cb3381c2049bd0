"""Which image a server is made from, and why one can't be had."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import contextlib

import pytest

from harness.errors import ImageMissing
from harness.services import docker_engine, images


@pytest.fixture
def client(with_docker):
    """A client of the engine."""
    with contextlib.closing(docker_engine.client()) as engine:
        yield engine


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("toomanyrequests: You have reached your pull rate limit.", "the registry's rate limit is reached"),
        ("manifest for postgres:99 not found: manifest unknown", "there is no such image"),
        ("pull access denied for x, repository does not exist or may require 'docker login'", "there is no such image"),
        ('Get "...": dial tcp: lookup registry on 127.0.0.53:53: no such host', "no registry can be reached"),
        ("net/http: request canceled while waiting for connection", "no registry can be reached"),
        ("something else\nand more", "something else"),
    ],
)
def test_failed_pulls_are_told_apart(text, meaning):
    """The engine gives every failed pull the same status: its words tell what is wrong."""
    assert images.reason(text) == meaning


def test_progress_of_a_pull_is_told_in_tens():
    """A line every ten per cent, whatever the number of layers."""
    events = [{"status": "Pulling from library/x"}]
    events += [
        {"status": "Downloading", "id": layer, "progressDetail": {"current": done, "total": 100}}
        for done in range(0, 101, 5)
        for layer in ("a", "b")
    ]
    said = []
    assert images._watch(iter(events), "x:1", said.append) == ""
    assert said == [f"pulling x:1 ... {done} %" for done in range(10, 101, 10)]


def test_a_pull_that_breaks_off_says_why():
    """An error may come in the middle of the events."""
    assert images._watch(iter([{"error": "toomanyrequests"}]), "x:1", lambda _: None) == images.reason(
        "toomanyrequests"
    )


def test_the_environments_image_comes_first(client, monkeypatch, image_here):
    """Whoever names an image gets that one."""
    monkeypatch.setenv("LABS_POSTGRES_IMAGE", image_here)
    pinned = images.Images("postgres", "backend-labs/nothing:0", "backend-labs/nothing:1", "LABS_POSTGRES_IMAGE")
    assert images.choose(pinned, client, say=lambda _: None) == image_here


def test_an_image_that_is_here_is_not_pulled(client, image_here):
    """The pinned image is taken as it is; ours only where the official one can't be had."""
    said = []
    official = images.Images("postgres", image_here, "backend-labs/nothing:1", "X")
    assert images.choose(official, client, say=said.append) == image_here
    assert said == []
    ours = images.Images("postgres", "backend-labs/nothing:0", image_here, "X")
    assert images.choose(ours, client, say=said.append) == image_here
    assert said[0] == "pulling backend-labs/nothing:0 ..."
    assert said[-1].endswith(f"taking {image_here}")


def test_without_any_image_one_command_helps(client):
    """One sentence says what is missing, and one command mends it."""
    pinned = images.Images("postgres", "backend-labs/nothing:0", "backend-labs/nothing:1", "X")
    with pytest.raises(ImageMissing, match="there is no image for postgres") as caught:
        images.choose(pinned, client, say=lambda _: None)
    assert caught.value.advice == "python docker/build.py postgres"
