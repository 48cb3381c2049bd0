"""A failure that a lab's document shows is the golden text of a known mistake, as a learner would meet it.

`<!-- failure: NAME -->` stands before it. `python tests/labs/test_failures_in_documents.py 04` writes them anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from harness.catalogue import Lab, find_lab, lab_folders, load_lab, project_root
from harness.gallery import mistakes

ROOT = project_root(Path(__file__))
BLOCK = re.compile(r"(<!-- failure: (\w+) -->\n)(?:\n```\n.*?\n```\n)?", re.DOTALL)


def documents_of(lab: Lab) -> list[Path]:
    """Return what a lab tells in prose."""
    return [lab.folder / "README.md", lab.solutions / "WHY.md"]


DOCUMENTS = [
    pytest.param(lab, document, id=f"{lab.slug}-{document.name}")
    for lab in map(load_lab, lab_folders(ROOT))
    for document in documents_of(lab)
    if BLOCK.search(document.read_text(encoding="utf-8"))
]


def refreshed(lab: Lab, text: str) -> str:
    """Return a document with every marked failure as it should be."""
    return BLOCK.sub(lambda found: f"{found[1]}\n```\n{as_a_learner_meets_it(lab, found[2])}\n```\n", text)


def as_a_learner_meets_it(lab: Lab, name: str) -> str:
    """Return a mistake's golden text, as if its file stood in the exercise."""
    (mistake,) = [mistake for mistake in mistakes(lab) if mistake.name == name]
    text = mistake.golden.read_text(encoding="utf-8")
    text = text.replace(f"{mistake.folder.relative_to(lab.root)}/", f"{lab.exercise.relative_to(lab.root)}/")
    return text.replace(f" --answers mistake:{name}", "").strip()


@pytest.mark.parametrize(("lab", "document"), DOCUMENTS)
def test_a_failure_in_a_labs_document_is_what_its_mistake_gives(lab, document):
    """Every failure that README.md or WHY.md shows is the golden text of the mistake it names."""
    text = document.read_text(encoding="utf-8")
    assert refreshed(lab, text) == text


if __name__ == "__main__":
    chosen = find_lab(ROOT, sys.argv[1])
    for path in documents_of(chosen):
        path.write_text(refreshed(chosen, path.read_text(encoding="utf-8")), encoding="utf-8")
