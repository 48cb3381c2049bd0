"""lab.toml is read whole, and one that can't be read says which line or key is wrong."""

from __future__ import annotations

import pytest

from harness.catalogue import find_lab, lab_folders, load_lab, project_root
from harness.errors import BrokenLab, UsageError

SOUND = """
id = "tides"
title = "Tides"
branch = "data"
services = ["postgres"]
minutes = 10

[[tasks]]
name = "high"
file = "1_high.sql"
sentence = "When is the water high?"
hints = ["Look up."]

[[tasks]]
name = "high_and_low"
file = "2_high_and_low.sql"
sentence = "When is it low?"
hints = ["Look down."]
"""


@pytest.fixture
def folder(tmp_path):
    """A lab's folder with a sound lab.toml."""
    folder = tmp_path / "labs" / "07_tides"
    folder.mkdir(parents=True)
    (folder / "lab.toml").write_text(SOUND)
    return folder


def test_a_sound_file_is_read_whole(folder):
    """Every key arrives, tasks in their order."""
    lab = load_lab(folder)
    assert (lab.slug, lab.id, lab.minutes, lab.services) == ("07_tides", "tides", 10, ("postgres",))
    assert [task.file for task in lab.tasks] == ["1_high.sql", "2_high_and_low.sql"]
    assert lab.solutions == folder.parent.parent / "solutions" / "07_tides"


def test_a_test_belongs_to_the_task_with_the_longest_fitting_name(folder):
    """`test_high_and_low_...` is about high_and_low, not about high."""
    lab = load_lab(folder)
    assert lab.task_of_test("test_high_and_low_meet").name == "high_and_low"
    assert lab.task_of_test("test_high_at_noon").name == "high"
    assert lab.task_of_test("test_high").name == "high"
    with pytest.raises(BrokenLab, match="test_higher_water belongs to no task"):
        lab.task_of_test("test_higher_water")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "tides"', "id = ", "not TOML.*line 2"),
        ('title = "Tides"\n', "", '"title" is missing'),
        ("minutes = 10", 'minutes = "ten"', '"minutes" must be a whole number'),
        ("minutes = 10", "minutes = true", '"minutes" must be a whole number'),
        ('branch = "data"', 'branch = "date"', '"branch" must be one of data'),
        ('["postgres"]', '["postgresql"]', '"services" knows postgres'),
        ('id = "tides"', 'id = ""', '"id" is empty'),
        ('hints = ["Look up."]', "hints = []", 'task 1: "hints" is empty'),
        ('name = "high_and_low"', 'name = "high"', 'two tasks share the name "high"'),
        ('file = "2_high_and_low.sql"', 'file = "../2.sql"', "task 2: file must be a plain name"),
        ('name = "high"', 'name = "high tide"', "no name that a test function can carry"),
        ("minutes = 10", "minutes = 10\ncolour = 1", '"colour" is not a key'),
    ],
)
def test_a_broken_file_says_what_is_wrong(folder, old, new, words):
    """Each error names the file, the task where there is one, and the key or line."""
    path = folder / "lab.toml"
    path.write_text(SOUND.replace(old, new, 1))
    with pytest.raises(BrokenLab, match=f"lab.toml.*{words}"):
        load_lab(folder)


def test_a_file_that_is_no_text_says_so(folder):
    """A lab.toml in another encoding is told as such."""
    (folder / "lab.toml").write_bytes(SOUND.replace("Tides", "Tid\u00e9s").encode("latin-1"))
    with pytest.raises(BrokenLab, match="not UTF-8"):
        load_lab(folder)


@pytest.mark.parametrize("name", ["07", "7", "07_tides", "labs/07_tides", "labs/07_tides/", "tides"])
def test_a_lab_is_found_by_any_of_its_names(folder, name):
    """Number, folder, path and id all lead to the lab."""
    assert find_lab(folder.parent.parent, name).id == "tides"


def test_a_lab_that_is_not_there_lists_those_that_are(folder):
    """A wrong name is answered with the right ones."""
    with pytest.raises(UsageError) as error:
        find_lab(folder.parent.parent, "08")
    assert "07_tides" in error.value.advice


def test_the_checkout_is_found_from_any_folder_inside_it(folder):
    """Commands work from below the checkout's root."""
    assert project_root(folder) == folder.parent.parent.resolve()
    assert lab_folders(folder.parent.parent) == [folder]
