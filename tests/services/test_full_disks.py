"""A disk that is full, or runs full while a server starts: one sentence names it, and nothing is left on it."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

import shutil
import subprocess

import full_disks
import pytest
from full_disks import fill, needs_root
from homes import need

from harness.errors import NoRoom
from harness.services import SERVICES, folders, provide
from harness.services.leases import FileLock
from harness.services.rabbitmq import apt

pytestmark = needs_root


def quiet(_):
    """Progress that nobody reads."""


def test_filling_leaves_no_page_though_others_write_meanwhile(small_disk, monkeypatch):
    """Between a look how much room there is and the taking of it, a server may have written a file, or removed one."""
    place, look = small_disk(8), full_disks.room_on
    other = place / "another's"
    steps = iter([lambda: None, lambda: other.write_bytes(bytes(3 << 20)), other.unlink])

    def look_and_be_too_late(where):
        room = look(where)
        next(steps, lambda: None)()
        return room

    monkeypatch.setattr(full_disks, "room_on", look_and_be_too_late)
    fill(place)
    assert look(place) == 0
    with pytest.raises(OSError, match="No space left"):
        (place / "one more").write_bytes(b"x")


@pytest.mark.parametrize("service", SERVICES)
def test_a_disk_that_is_too_small_is_not_begun_with(all_prepared, small_disk, monkeypatch, service):
    """Of the 64 MB that /dev/shm has in a container none is taken: figures say what is there and what is needed."""
    need("embedded", service)
    place = small_disk(64)
    monkeypatch.setenv("LABS_DATA", str(place))
    with pytest.raises(NoRoom, match=rf"{place} has 6\d MB free where 256 MB are needed") as caught:
        provide(SERVICES[service], "embedded", say=quiet)
    assert caught.value.advice == "free some space, or set LABS_DATA to a folder with more room"
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("service", "leave"),
    [
        *((service, 0) for service in SERVICES),
        ("postgres", 20 << 20),  # of its data folder not all finds room
        ("rabbitmq", 1 << 16),  # its own first files don't
        ("kafka", 1 << 16),
    ],
)
def test_a_disk_that_runs_full_meanwhile_is_named(all_prepared, small_disk, monkeypatch, service, leave):
    """Others may take the room that was there a moment ago: it is said what ran full, and no half a server is left."""
    need("embedded", service)
    place = small_disk(64)
    monkeypatch.setenv("LABS_DATA", str(place))
    monkeypatch.setattr(folders, "ROOM", 0)
    fill(place, leave=leave)
    with pytest.raises(NoRoom, match="ran full") as caught:
        provide(SERVICES[service], "embedded", say=quiet)
    assert len(caught.value.message) < 200
    assert "LABS_DATA" in caught.value.advice
    assert [path.name for path in place.iterdir()] == ["ballast"]


def test_a_home_that_runs_full_is_named(own_home, small_disk, monkeypatch):
    """Where the cache finds no room, it is the home that has to be another; nothing half-made stays."""
    home = small_disk(8)
    monkeypatch.setenv("LABS_HOME", str(home))
    with pytest.raises(NoRoom, match=f"{home}/cache ran full") as caught:
        provide(SERVICES["postgres"], "embedded", say=quiet)
    assert caught.value.advice == "free some space, or set LABS_HOME to a folder with more room"
    assert {path.suffix for path in home.glob("cache/*")} == {".lock"}


@pytest.mark.skipif(not apt.is_here(), reason="this machine has no dpkg")
def test_packages_that_find_no_room_are_told_from_those_that_can_not_be_fetched(small_disk, tmp_path):
    """The programs end alike, whatever is wrong: their words tell a full disk from a network that isn't there."""
    package = tmp_path / "package"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "DEBIAN" / "control").write_text(
        "Package: big\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: big\n"
    )
    (package / "big").write_bytes(bytes(4 << 20))
    subprocess.run(["dpkg-deb", "--build", package, tmp_path / "big.deb"], check=True, capture_output=True)
    shutil.rmtree(package)
    disk = small_disk(1)
    with FileLock(tmp_path / "lock") as lock:
        own_apt = apt.Apt(tmp_path, apt.Release("debian", "trixie", "main"), lock)
        with pytest.raises(OSError, match="No space left on device") as caught:
            own_apt._run(tmp_path, "dpkg-deb", "--extract", str(tmp_path / "big.deb"), str(disk))
    assert folders.is_for_want_of_room(caught.value)
