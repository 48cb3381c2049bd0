"""What the documents say is so: tables come from the data, commands and labs are those there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sample_tables import SAMPLE, SAMPLED, refreshed

from harness.catalogue import lab_folders, load_lab, project_root

ROOT = project_root(Path(__file__))
LABS = [load_lab(folder) for folder in lab_folders(ROOT)]
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)


def test_the_readme_lists_every_lab():
    """The table of labs is the folder of labs."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[(\d+) (.+?)\]\(labs/(\w+)/README\.md\) \| (\w+) \| (.+?) \| (\d+) min \|$", readme, re.MULTILINE
    )
    assert rows == [
        (lab.slug[:2], lab.title, lab.slug, lab.branch, ", ".join(lab.services), str(lab.minutes)) for lab in LABS
    ]


@pytest.mark.parametrize("lab", SAMPLED)
def test_the_samples_in_a_labs_readme_come_from_its_data(lab):
    """Every table of a lab's README is what the data set "sample" holds, or what the oracle makes of it."""
    text = (ROOT / "labs" / lab / "README.md").read_text(encoding="utf-8")
    assert refreshed(lab, text) == text
    assert len(SAMPLE.findall(text)) > 8


def test_no_sample_is_left_unchecked():
    """A README that marks its tables is among those whose tables are made anew."""
    marked = {lab.slug for lab in LABS if SAMPLE.search((lab.folder / "README.md").read_text(encoding="utf-8"))}
    assert marked == set(SAMPLED)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_a_labs_readme_has_a_chapter_for_every_task(lab):
    """Each task has its own heading, in the order of lab.toml."""
    headings = re.findall(r"^### \d+ · `(\w+)`$", (lab.folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [task.name for task in lab.tasks]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_a_labs_explanations_have_a_chapter_for_every_task(lab):
    """WHY.md explains each task, in the order of lab.toml."""
    headings = re.findall(r"^## \d+ · (\w+)$", (lab.solutions / "WHY.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [task.name for task in lab.tasks]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document):
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_readme_names_every_command():
    """Each command of `labs` is in the README's table, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `labs (\w+)", readme, re.MULTILINE))
    shown = subprocess.run([sys.executable, "-m", "harness", "--help"], capture_output=True, text=True, check=True)
    assert told == set(re.findall(r"^│ (\w+) ", shown.stdout, re.MULTILINE))


def test_every_lint_exception_says_why():
    """No `noqa` and no ignored rule stands without a reason beside it."""
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = config[config.index("[tool.ruff.lint]") :]
    for line in block.splitlines():
        if re.match(r'\s+"[A-Z]+\d+"', line):
            assert "#" in line, line
    for path in [*ROOT.glob("harness/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("docker/*.py")]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if found := re.search(r"# noqa: [A-Z0-9, ]+(.*)$", line):
                assert found.group(1).strip(" -"), f"{path}:{number}: {line.strip()}"
