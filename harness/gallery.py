"""The gallery beside a lab's reference: variants that must pass, and mistakes that must be caught, each by one test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import Lab, Task
from harness.errors import BrokenLab


@dataclass(frozen=True)
class Variant:
    """Another right answer: a folder with only the files that differ from the reference."""

    name: str
    folder: Path


@dataclass(frozen=True)
class Mistake:
    """A plausible wrong answer to one task, with what people believe, the test that must catch it, and the hint.

    `ends` is False for a query that runs without end on the data of that test ("Ends: never" in its header).
    """

    name: str
    folder: Path
    task: Task
    belief: str
    caught_by: str
    hint: str
    ends: bool = True

    @property
    def file(self) -> Path:
        """The wrong answer itself."""
        return self.folder / self.task.file

    @property
    def golden(self) -> Path:
        """What the learner reads when the named test catches it."""
        return self.folder / "failure.txt"


def variants(lab: Lab) -> list[Variant]:
    """Return the lab's variants by name."""
    return [Variant(folder.name, folder) for folder in _folders(lab.solutions / "variants")]


def mistakes(lab: Lab) -> list[Mistake]:
    """Return the lab's mistakes by name. Raises BrokenLab where a header is incomplete."""
    return [_mistake(lab, folder) for folder in _folders(lab.solutions / "mistakes")]


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def _mistake(lab: Lab, folder: Path) -> Mistake:
    here = [task for task in lab.tasks if (folder / task.file).is_file()]
    if len(here) != 1:
        raise BrokenLab(f"{folder} must hold the answer to exactly one task, not {len(here)}")
    header = _header(folder / here[0].file)
    missing = [key for key in ("Belief", "Caught by", "Hint") if not header.get(key)]
    if missing:
        raise BrokenLab(f'{folder / here[0].file}: the header lacks "{missing[0]}: ..."')
    return Mistake(
        folder.name,
        folder,
        here[0],
        header["Belief"],
        header["Caught by"],
        header["Hint"],
        header.get("Ends") != "never",
    )


def _header(path: Path) -> dict[str, str]:
    """Read the `Key: value` lines of the comment that opens a file, in SQL or in Python."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("--", "#")):
            break
        key, _, value = line.lstrip("-# ").partition(": ")
        found[key] = value.strip()
    return found
