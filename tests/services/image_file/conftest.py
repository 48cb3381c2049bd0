"""Images of a few kilobytes on a real engine, and jars that nobody could download."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import contextlib
import hashlib
import io
import secrets
import tarfile
from collections.abc import Callable
from pathlib import Path

import docker.errors
import pytest

from harness.services import docker_engine
from harness.services.images import Images
from harness.services.kafka import jars


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch) -> Path:
    """A home in which nothing has been fetched."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LABS_HOME", str(folder))
    return folder


@pytest.fixture
def fetched_jars(home, monkeypatch, tmp_path_factory) -> jars.Locked:
    """A short list of Kafka's jars, which are in the cache, and which nobody could download."""
    listed = tmp_path_factory.mktemp("list") / "jars.toml"
    rows = "".join(
        f'[jars."labs.invalid:{name}:1"]\nsize = {len(name)}\nsha256 = "{hashlib.sha256(name.encode()).hexdigest()}"\n'
        for name in ("clients", "server")
    )
    listed.write_text(f'version = "0.1"\n{rows}')
    monkeypatch.setattr(jars, "LIST", listed)
    wanted = jars.locked()
    folder = jars.folder_of(wanted)
    folder.mkdir(parents=True)
    for jar in wanted.jars:
        (folder / jar.name).write_text(jar.coordinates.split(":")[1])
    jars.provide(wanted, say=lambda _: None)  # it takes what is there for downloaded
    return wanted


@pytest.fixture
def client(with_docker):
    """A client of the engine."""
    with contextlib.closing(docker_engine.client()) as engine:
        yield engine


@pytest.fixture
def make_image(client):
    """Make an image of a few kilobytes, under a name that no one else uses; it is removed at the end."""
    made = []

    def make(service: str = "redis", content: bytes = b"") -> Images:
        content = content or secrets.token_bytes(8)  # a layer that no test beside this one adds and removes
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:") as layer:
            member = tarfile.TarInfo("greeting")
            member.size = len(content)
            layer.addfile(member, io.BytesIO(content))
        name = f"backend-labs-tests/{service}-{secrets.token_hex(4)}"
        client.api.import_image_from_data(packed.getvalue(), repository=name, tag="1")
        made.append(f"{name}:1")
        return Images(service, f"{name}:1", "backend-labs-tests/nothing:1", "LABS_NO_SUCH_VARIABLE")

    yield make
    for name in made:
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(name)


@pytest.fixture
def is_here(client) -> Callable[[str], bool]:
    """Whether the engine has an image of this name."""
    # Not `images.list()`: it asks for each image once more, and another test may have removed it.
    return lambda image: any(image in (found["RepoTags"] or ()) for found in client.api.images())
