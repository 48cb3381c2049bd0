"""What tests of whole labs share: the labs, and answers that a test has bent on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.catalogue import Lab, find_lab, project_root

ROOT = project_root(Path(__file__))


@pytest.fixture
def lab() -> Lab:
    """Lab 01."""
    return find_lab(ROOT, "01")


@pytest.fixture
def bent_answers(tmp_path: Path, lab: Lab) -> Callable[[str, bytes | None], Path]:
    """Return a function: the reference with one file's content replaced, or with that file removed (None)."""

    def bend(file: str, content: bytes | None) -> Path:
        folder = tmp_path / "answers"
        folder.mkdir(exist_ok=True)
        for task in lab.tasks:
            shutil.copy(lab.solutions / task.file, folder)
        if content is None:
            (folder / file).unlink()
        else:
            (folder / file).write_bytes(content)
        return folder

    return bend
