"""From a real engine into a file, whole or not at all, and out of it again."""

# ruff: noqa: ARG001 - many fixtures are asked for what they do, not for what they give

from __future__ import annotations

import fcntl
import resource

import pytest

from harness.errors import ImageMissing, NoRoom, UsageError
from harness.services.image_file import transfer
from harness.services.image_file.archive import SavedImage
from harness.services.images import Images


def quiet(_):
    """Progress that nobody reads."""


def test_what_was_saved_can_be_loaded_where_nothing_is(client, is_here, make_image, tmp_path):
    """Both images of one file are there again, as they were."""
    first, second = make_image("redis"), make_image("kafka", b"good bye")
    before = [client.images.get(each.official).attrs["RootFS"] for each in (first, second)]
    saved = transfer.save(tmp_path / "all", [first, second], replace=False, say=quiet)
    for each in (first, second):
        client.images.remove(each.official)
    assert not is_here(first.official)
    assert transfer.load(tmp_path / "all", say=quiet) == saved
    assert [client.images.get(each.official).attrs["RootFS"] for each in (first, second)] == before
    assert [(image.service, image.name) for image in saved.images] == [
        ("redis", first.official),
        ("kafka", second.official),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_ours_is_saved_where_the_official_image_is_not_here(make_image, tmp_path):
    """A classroom gets what its teacher has."""
    made = make_image()
    ours = Images("redis", "backend-labs-tests/nothing:1", made.official, made.variable)
    (saved,) = transfer.save(tmp_path / "all", [ours], replace=False, say=quiet).images
    assert saved.name == made.official


def test_progress_is_told_in_megabytes(make_image, tmp_path):
    """In at most ten lines for each way through the file."""
    said = []
    made = make_image(content=bytes(30 * 2**20))
    transfer.save(tmp_path / "all", [made], replace=False, say=said.append)
    saving = [line for line in said if line.startswith(f"saving {made.official} ... ")]
    checking = [line for line in said if line.startswith("checking what was written ... ")]
    assert 5 <= len(saving) <= 10
    assert 5 <= len(checking) <= 10
    assert checking[-1] == "checking what was written ... 30 of 30 MB"


def test_a_missing_image_leaves_no_file(client, make_image, tmp_path):
    """One image that isn't here is one too many, and both ways to have it are named."""
    nothing = Images("kafka", "backend-labs-tests/nothing:1", "backend-labs-tests/nothing:2", "X")
    with pytest.raises(ImageMissing, match="there is no image for kafka") as caught:
        transfer.save(tmp_path / "all", [make_image(), nothing], replace=False, say=quiet)
    assert caught.value.advice == "labs images pull kafka, or labs images build kafka"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_replaced_only_when_told_to(make_image, tmp_path):
    """Nobody's file is lost by a typing error."""
    path = tmp_path / "thesis"
    path.write_text("years of work")
    with pytest.raises(UsageError, match="is there already"):
        transfer.save(path, [make_image()], replace=False, say=quiet)
    assert path.read_text() == "years of work"
    transfer.save(path, [make_image()], replace=True, say=quiet)
    transfer.load(path, say=quiet)


def test_a_file_that_appears_meanwhile_is_not_replaced(make_image, tmp_path):
    """Saving takes minutes, in which much can happen."""
    path = tmp_path / "all"
    with pytest.raises(UsageError, match="is there already"):
        transfer.save(path, [make_image()], replace=False, say=lambda _: path.write_text("mine"))
    assert path.read_text() == "mine"
    assert [found.name for found in tmp_path.iterdir()] == ["all"]


def test_ctrl_c_leaves_no_file(make_image, tmp_path):
    """Whole or not at all."""

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer.save(tmp_path / "all", [make_image()], replace=False, say=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_is_taken_over(make_image, tmp_path):
    """Its draft is no file anybody would load, and the next run needs no room beside it."""
    (tmp_path / "all.partial").write_bytes(b"half" * 1000)
    transfer.save(tmp_path / "all", [make_image()], replace=False, say=quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["all"]
    transfer.load(tmp_path / "all", say=quiet)


def test_two_runs_do_not_write_the_same_file(make_image, tmp_path):
    """The second one says so, and spoils nothing of the first's."""
    draft = tmp_path / "all.partial"
    with draft.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"the other's")
        other.flush()
        with pytest.raises(UsageError, match="another process is writing"):
            transfer.save(tmp_path / "all", [make_image()], replace=False, say=quiet)
        assert draft.read_bytes() == b"the other's"


def test_a_file_that_another_run_has_just_finished_is_not_overwritten(make_image, tmp_path, monkeypatch):
    """Between opening a draft and having its lock, the draft may have become the file."""
    lock = fcntl.flock

    def lock_late(file, how):
        (tmp_path / "all.partial").write_text("the other's")
        (tmp_path / "all.partial").rename(tmp_path / "all")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    with pytest.raises(UsageError, match="another process has just written"):
        transfer.save(tmp_path / "all", [make_image()], replace=True, say=quiet)
    assert (tmp_path / "all").read_text() == "the other's"


def test_an_image_for_another_processor_is_loaded_with_a_word(client):
    """It may be emulated, and nobody should wonder why it is slow."""
    said = []
    ours = client.version()["Arch"]
    loaded = (SavedImage("redis", "redis:1", ours), SavedImage("kafka", "kafka:1", "s390x"))
    transfer._tell_of_emulation(loaded, client, said.append)
    assert said == [f"kafka:1 is for s390x: on this {ours} the engine has to emulate it, if it can"]


@pytest.mark.parametrize(("name", "why"), [("none/all", "No such file or directory"), ("", "is a folder")])
def test_a_path_that_cannot_be_written_is_said_in_one_sentence(make_image, tmp_path, name, why):
    """Where the folder isn't there, or is all there is."""
    with pytest.raises(UsageError, match=why):
        transfer.save(tmp_path / name, [make_image()], replace=False, say=quiet)


def test_a_disk_that_takes_no_more_is_said_in_one_sentence(make_image, tmp_path):
    """And nothing is left on it."""
    made = make_image()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(NoRoom, match="can't be written: File too large") as caught:
            transfer.save(tmp_path / "all", [made], replace=False, say=quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.advice == "take a folder on another disk"
    assert list(tmp_path.iterdir()) == []


def test_a_link_beside_the_file_leads_nowhere(make_image, tmp_path):
    """In a folder for everyone somebody may have put one under the draft's name."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "all.partial").symlink_to(victim)
    with pytest.raises(UsageError, match="can't be written"):
        transfer.save(tmp_path / "all", [make_image()], replace=False, say=quiet)
    assert victim.read_text() == "precious"
