"""Folders of the cache on their way to a machine without a network."""

# ruff: noqa: ARG001 - a fixture is asked for what it does as well

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from harness.services import fetched
from harness.services.image_file import cache
from harness.services.image_file.archive import DamagedFile, SavedFolder

ERLANG = SavedFolder("rabbitmq", "rabbitmq-0123456789ab")


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The cache of a home of its own."""
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "here"))
    return tmp_path / "here" / "cache"


@pytest.fixture
def packed(tmp_path) -> bytes:
    """A folder with all that such folders hold: files, programs, links, files with two names."""
    folder = tmp_path / "there" / ERLANG.name
    (folder / "lib").mkdir(parents=True)
    (folder / "lib/libz.so.1.3").write_bytes(bytes(range(256)) * 50)
    (folder / "lib/libz.so.1").symlink_to("libz.so.1.3")
    (folder / "bin").mkdir()
    (folder / "bin/erl").write_text("#!/bin/sh\n")
    (folder / "bin/erl").chmod(0o755)
    (folder / "bin/same").hardlink_to(folder / "bin/erl")
    (folder / "bin/libz").symlink_to("../lib/libz.so.1")
    (folder / "sizes.json").write_text("{}")
    return b"".join(cache.pack([folder]))


def unpack(content: bytes, *wanted: SavedFolder) -> None:
    cache.unpack(io.BytesIO(content), wanted)


def tar_of(*members: tuple[str, bytes, str]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member, io.BytesIO())
    return written.getvalue()


def test_what_was_packed_is_unpacked(here, packed):
    """Content, links and the right to be run are as they were."""
    unpack(packed, ERLANG)
    folder = here / ERLANG.name
    assert (folder / "bin/libz").read_bytes() == bytes(range(256)) * 50
    assert (folder / "lib/libz.so.1").readlink() == Path("libz.so.1.3")
    assert (folder / "bin/same").read_text() == "#!/bin/sh\n"
    assert [os.access(folder / name, os.X_OK) for name in ("bin/erl", "bin/same", "sizes.json")] == [True, True, False]
    assert fetched.fetched("rabbitmq") == [folder]
    assert sorted(path.name for path in here.iterdir()) == [ERLANG.name, f"{ERLANG.name}.lock"]


def test_a_folder_that_is_here_whole_stays(here, packed):
    """A server may be running out of it."""
    (here / ERLANG.name).mkdir(parents=True)
    (here / ERLANG.name / "sizes.json").write_text("mine")
    unpack(packed, ERLANG)
    assert [path.name for path in (here / ERLANG.name).iterdir()] == ["sizes.json"]
    assert (here / ERLANG.name / "sizes.json").read_text() == "mine"


def test_half_a_folder_is_replaced(here, packed):
    """A start without a network leaves one behind."""
    (here / ERLANG.name).mkdir(parents=True)
    (here / ERLANG.name / "half").touch()
    unpack(packed, ERLANG)
    assert not (here / ERLANG.name / "half").exists()
    assert fetched.fetched("rabbitmq") == [here / ERLANG.name]


@pytest.mark.parametrize(
    "members",
    [
        [("evil", tarfile.REGTYPE, "")],
        [("../evil", tarfile.REGTYPE, "")],
        [("/evil", tarfile.REGTYPE, "")],
        [(f"{ERLANG.name}/../../evil", tarfile.REGTYPE, "")],
        [(f"{ERLANG.name}/link", tarfile.SYMTYPE, "../../evil")],
        [(f"{ERLANG.name}/link", tarfile.SYMTYPE, "/etc/passwd")],
        [(f"{ERLANG.name}/link", tarfile.LNKTYPE, f"{ERLANG.name}/file")],
        [(f"{ERLANG.name}/fifo", tarfile.FIFOTYPE, "")],
        [(f"{ERLANG.name}/twice", tarfile.REGTYPE, "")] * 2,
        [
            (f"{ERLANG.name}/place", tarfile.SYMTYPE, "."),
            (f"{ERLANG.name}/place/file", tarfile.REGTYPE, ""),
        ],
        [],
    ],
)
def test_what_leads_out_of_the_folder_is_refused_and_leaves_nothing(here, members):
    """Whoever wrote the file writes nowhere but into the cache."""
    with pytest.raises(DamagedFile):
        unpack(tar_of(*members), ERLANG)
    assert fetched.fetched("rabbitmq") == []
    assert not [path for path in here.iterdir() if not path.name.endswith(".lock")]
    assert not (here.parent / "evil").exists()


@pytest.mark.parametrize("name", ["..", "../../x", "postgres", "rabbitmq-0123", ""])
def test_only_names_of_the_cache_are_folders(here, packed, name):
    """No other folder is ever replaced."""
    with pytest.raises(DamagedFile, match="is no folder of the cache"):
        unpack(packed, SavedFolder("rabbitmq", name))


def test_a_torn_archive_is_refused(here, packed):
    """Nothing of it gets into the cache."""
    for length in (0, 100, packed.index(bytes(range(256))) + 1000):
        with pytest.raises(DamagedFile):
            unpack(packed[:length], ERLANG)
    assert fetched.fetched("rabbitmq") == []
