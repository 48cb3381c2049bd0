"""Out of a file into a real engine and into the cache: all of it, or nothing."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import os

import pytest

from harness.errors import ServiceUnavailable, UsageError
from harness.services.image_file import transfer
from harness.services.image_file.archive import Contents, SavedFolder
from harness.services.kafka import jars

NOWHERE = "unix:///nowhere/docker.sock"


def quiet(_):
    """Progress that nobody reads."""


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused_before_the_engine_sees_it(client, is_here, make_image, tmp_path, share):
    """Nothing is loaded of a file that isn't whole."""
    made = make_image()
    path = tmp_path / "all"
    transfer.save(path, [made], replace=False, say=quiet)
    client.images.remove(made.official)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(UsageError, match=r"truncated or damaged|was not written by labs images save"):
        transfer.load(path, say=quiet)
    assert not is_here(made.official)


def test_a_file_is_judged_without_an_engine(make_image, tmp_path, monkeypatch):
    """A foreign file is foreign wherever it is looked at; a whole one needs Docker."""
    transfer.save(tmp_path / "all", [make_image()], replace=False, say=quiet)
    (tmp_path / "other").write_text("not one of ours")
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(UsageError, match="was not written by labs images save"):
        transfer.load(tmp_path / "other", say=quiet)
    with pytest.raises(UsageError, match="can't be read: No such file or directory"):
        transfer.load(tmp_path / "none", say=quiet)
    with pytest.raises(ServiceUnavailable, match="no Docker engine answers at") as caught:
        transfer.load(tmp_path / "all", say=quiet)
    assert caught.value.advice == "labs doctor says how to mend it"


def test_what_embedded_servers_have_fetched_travels_along(make_image, fetched_jars, tmp_path, monkeypatch):
    """Where there is neither Docker nor a network, Kafka's jars come out of the file, and Kafka's start takes them."""
    made = make_image("kafka")
    saved = transfer.save(tmp_path / "all", [made], replace=False, say=quiet)
    assert saved.folders == (SavedFolder("kafka", jars.folder_of(fetched_jars).name),)
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "another"))
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    said = []
    loaded = transfer.load(tmp_path / "all", say=said.append)
    assert loaded == Contents((), saved.folders)
    assert said[-1] == f"no Docker engine answers at {NOWHERE}: the images are left in the file"
    folder = jars.provide(fetched_jars, say=quiet)  # can't be reached otherwise: nobody has such jars
    assert (folder / fetched_jars.jars[0].name).read_text() == "clients"
    assert str(folder).startswith(str(tmp_path / "another"))


def test_a_truncated_file_changes_nothing_in_the_cache(make_image, fetched_jars, tmp_path, monkeypatch):
    """Nothing is unpacked of a file that isn't whole."""
    transfer.save(tmp_path / "all", [make_image("kafka")], replace=False, say=quiet)
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "another"))
    os.truncate(tmp_path / "all", (tmp_path / "all").stat().st_size - 3000)
    with pytest.raises(UsageError, match="truncated or damaged"):
        transfer.load(tmp_path / "all", say=quiet)
    assert not (tmp_path / "another").exists()
